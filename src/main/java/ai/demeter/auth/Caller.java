package ai.demeter.auth;

/**
 * The subject of the token that the request of this thread came with. Both servers call a request
 * on one thread from beginning to end; work that goes on in another has no caller.
 */
public final class Caller {
    private static final ThreadLocal<String> SUBJECT = new ThreadLocal<>();

    private Caller() {}

    /** The subject; null without tokens, and outside a request. */
    public static String subject() {
        return SUBJECT.get();
    }

    /** A request begins. */
    public static void enter(String subject) {
        SUBJECT.set(subject);
    }

    /** It has ended: the thread serves others. */
    public static void leave() {
        SUBJECT.remove();
    }
}
