package ai.demeter.idempotency;

/**
 * The answer to a request.
 *
 * @param headers those that the application set, a line {@code Name: value} each
 * @param replayed whether it was given before, and stored
 */
public record Answer(int status, String headers, byte[] body, boolean replayed) {

    /** One that is given for the first time. */
    public Answer(int status, String headers, byte[] body) {
        this(status, headers, body, false);
    }

    /**
     * Whether the request itself earned it, so that it would be the same for the same request: not
     * a fault of this service (5xx), nor what depends on who sends it, how fast, or how often.
     */
    boolean isEarned() {
        return switch (status) {
            case 401, 403, 408, 425, 429 -> false;
            default -> status < 500;
        };
    }
}
