package ai.demeter.idempotency;

/**
 * What a run of a request ended with.
 *
 * @param failure what the answer was made of, if it is a problem; otherwise null
 */
public record Attempt(Answer answer, Throwable failure) {}
