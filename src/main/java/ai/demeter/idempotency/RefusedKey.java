package ai.demeter.idempotency;

/**
 * Why a request with a key was not carried out, or not answered truthfully; says nothing of the
 * database's failures, which are thrown as they are.
 */
public final class RefusedKey extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The reasons. */
    public enum Reason {
        /** The key stands for another request. */
        REUSED,
        /** Another request with the key was at work for {@code DB_LOCK_TIMEOUT}. */
        IN_PROGRESS,
        /** The key is stored already: the answer to give is the stored one. */
        ANSWERED
    }

    private final Reason reason;

    RefusedKey(Reason reason, Throwable cause) {
        super("the key is " + reason, cause, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
