package ai.demeter.connection;

import java.util.Optional;

/**
 * What the database answered to a commit that failed, kept for whoever asked for the commit:
 * Payara's transaction manager passes on the message only, not the exception with its SQLState.
 */
public final class CommitFailure {
    private static final ThreadLocal<Throwable> LAST = new ThreadLocal<>();

    private CommitFailure() {}

    static void keep(Throwable failure) {
        LAST.set(failure);
    }

    /** The failure of this thread's last commit, if it failed; forgets it. */
    public static Optional<Throwable> take() {
        Throwable failure = LAST.get();
        LAST.remove();
        return Optional.ofNullable(failure);
    }
}
