package ai.demeter.idempotency;

/** A run that this service failed: nothing of it is stored, and it may be run again. */
public final class Unanswered extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Answer answer;

    Unanswered(Attempt attempt) {
        super("the request failed", attempt.failure());
        answer = attempt.answer();
    }

    /** What to say if it is not run again. */
    public Answer answer() {
        return answer;
    }
}
