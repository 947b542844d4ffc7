package ai.demeter.pool;

/**
 * No permit of the {@link Bulkhead} was given, so nothing was done; it says why. Without a stack
 * trace, because under overload there are thousands of them, and where it is thrown tells nothing.
 */
public final class AcquisitionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why there was no permit. */
    public enum Reason {
        /** None was free for {@code DB_POOL_TIMEOUT}. */
        TIMED_OUT,
        /** As many as {@code DB_POOL_QUEUE} allows were waiting already. */
        QUEUE_FULL,
        /** The database is lost, or was while the caller waited. */
        DATABASE_LOST
    }

    private final Reason reason;

    public AcquisitionException(Reason reason) {
        super("no database connection: " + reason, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
