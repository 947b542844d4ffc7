package ai.demeter.events;

/**
 * What the request on this thread waited for so far, if somebody wants to know: who does not ask
 * pays for the look whether somebody does, and for nothing else.
 */
public final class TimeSpent {
    private static final ThreadLocal<TimeSpent> OF_THREAD = new ThreadLocal<>();

    private long waiting;
    private long database;

    private TimeSpent() {}

    /** Counts on this thread from now on, until {@link #end}. */
    public static TimeSpent begin() {
        TimeSpent begun = new TimeSpent();
        OF_THREAD.set(begun);
        return begun;
    }

    /** Counts no longer, so that no thread of the server keeps this. */
    public static void end() {
        OF_THREAD.remove();
    }

    /** Whether it is counted on this thread. */
    public static boolean isCounted() {
        return OF_THREAD.get() != null;
    }

    /** The request waited for a connection. */
    public static void waited(long nanos) {
        Spans.waited(nanos);
        TimeSpent spent = OF_THREAD.get();
        if (spent != null) {
            spent.waiting += nanos;
        }
    }

    /** The database was at work for the request. */
    static void executed(long nanos) {
        TimeSpent spent = OF_THREAD.get();
        if (spent != null) {
            spent.database += nanos;
        }
    }

    /** Nanoseconds that the request waited for connections. */
    public long waiting() {
        return waiting;
    }

    /** Nanoseconds that it waited for answers of the database. */
    public long database() {
        return database;
    }
}
