package ai.demeter.auth;

/**
 * A token that is not accepted: 401. The message says why, in words that a client may read and that
 * fit into a quoted string (RFC 6750, section 3); it holds nothing of the token itself.
 */
public final class InvalidToken extends Exception {
    private static final long serialVersionUID = 1L;

    public InvalidToken(String why) {
        super(why, null, false, false); // as many as somebody likes to send: no stack traces
    }
}
