package ai.demeter.metrics;

/**
 * A request that the service makes to itself before it says that it is ready, so that the first one
 * of a client finds everything loaded and compiled (issue 13). It goes the way of any other,
 * changes nothing, and leaves no trace: who counts or asks for tokens asks here first.
 */
public final class Rehearsal {
    private static final ThreadLocal<Boolean> OF_THREAD = new ThreadLocal<>();

    private Rehearsal() {}

    /** What this thread does from now on is one. */
    public static void begin() {
        OF_THREAD.set(true);
    }

    /** It is over. */
    public static void end() {
        OF_THREAD.remove();
    }

    /** Whether what this thread does is one. */
    public static boolean isUnderWay() {
        return OF_THREAD.get() != null;
    }
}
