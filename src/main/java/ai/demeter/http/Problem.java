package ai.demeter.http;

import ai.demeter.events.TraceContext;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * An error as clients see it (RFC 9457).
 *
 * @param kind which of the problems
 * @param detail a sentence about this occurrence, without internals
 * @param instance the path of the request; null until {@link ProblemMapper} fills it in
 * @param errors for input errors: the fields at fault
 * @param requestId the {@link RequestId}, as in the header; null until {@link ProblemMapper} fills
 *     it in
 */
@JsonPropertyOrder({
    "type",
    "title",
    "status",
    "detail",
    "instance",
    "errors",
    "requestId",
    "traceId"
})
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@Schema(name = "Problem", description = "An error (RFC 9457)")
public record Problem(
        @JsonIgnore @Schema(hidden = true) Kind kind,
        @Schema(example = "The body has members that cannot be accepted.") String detail,
        @Schema(example = "/api/warehouses") String instance,
        @Schema(description = "For input errors, the fields at fault") List<FieldError> errors,
        @Schema(
                        example = "6f1c02e49d7ab358",
                        description = "As in the header X-Request-Id, and in the log")
                String requestId) {

    /** The media type of every error. */
    public static final String MEDIA_TYPE = "application/problem+json";

    /** Fields named in one answer: enough to mend a batch step by step. */
    public static final int MOST_ERRORS = 20;

    /** The problems of docs/guarantees.md: name, status and title. */
    public enum Kind {
        VALIDATION(400, "The request has fields that cannot be accepted"),
        MALFORMED(400, "The request cannot be understood"),
        UNAUTHORIZED(401, "The request has no token that is accepted"),
        FORBIDDEN(403, "The token does not allow this"),
        NOT_FOUND(404, "There is nothing at this address"),
        METHOD_NOT_ALLOWED(405, "The method is not supported here"),
        NOT_ACCEPTABLE(406, "None of the accepted media types can be produced"),
        REQUEST_TIMEOUT(408, "The body took too long"),
        DUPLICATE(409, "A value that must be unique exists already"),
        IN_USE(409, "The resource is in use"),
        CONFLICT(409, "The state of the resource does not allow this"),
        IN_PROGRESS(409, "A request with this key is still at work"),
        CANCELLED(409, "Somebody has cancelled it"),
        STALE_VERSION(412, "The resource was changed meanwhile"),
        PAYLOAD_TOO_LARGE(413, "The body is too large"),
        UNSUPPORTED_MEDIA_TYPE(415, "The media type of the body is not supported"),
        KEY_REUSED(422, "The key stands for another request"),
        PRECONDITION_REQUIRED(428, "The request must be conditional"),
        INTERNAL(500, "The service failed"),
        OUTCOME_UNKNOWN(500, "It is not known whether the change is stored"),
        OVERLOADED(503, "Too many requests are waiting"),
        POOL_EXHAUSTED(503, "All database connections are in use"),
        DATABASE_UNAVAILABLE(503, "The database is not available"),
        TIMEOUT(503, "The database took too long"),
        CONTENTION(503, "The data is being changed by others");

        private final int status;
        private final String title;

        Kind(int status, String title) {
            this.status = status;
            this.title = title;
        }

        public int status() {
            return status;
        }

        String title() {
            return title;
        }

        String type() {
            return "urn:demeter:problem:"
                    + name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * A field at fault.
     *
     * @param field its name as the client wrote it, {@code items[3].code} in a batch
     * @param message what it must be
     */
    @JsonPropertyOrder({"field", "message"})
    public record FieldError(
            @Schema(example = "code") String field,
            @Schema(example = "must match [A-Z0-9_-]{2,20}") String message) {}

    static Problem of(Kind kind, String detail) {
        return new Problem(kind, detail, null, List.of(), null);
    }

    @JsonProperty
    @Schema(example = "urn:demeter:problem:validation")
    public String type() {
        return kind.type();
    }

    @JsonProperty
    @Schema(example = "The request has fields that cannot be accepted")
    public String title() {
        return kind.title;
    }

    @JsonProperty
    @Schema(example = "400")
    public int status() {
        return kind.status;
    }

    /** The trace that the request is part of, as its {@code traceparent} has it; null if none. */
    @JsonProperty
    @Schema(
            example = "4bf92f3577b34da6a3ce929d0e0e4736",
            description = "Of the request's traceparent, if it has one")
    public String traceId() {
        return TraceContext.current().map(TraceContext::traceId).orElse(null);
    }

    Problem at(String path, String requestId) {
        return new Problem(kind, detail, path, errors, requestId);
    }
}
