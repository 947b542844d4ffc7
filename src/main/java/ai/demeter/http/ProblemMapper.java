package ai.demeter.http;

import ai.demeter.connection.CompositionRoot;
import ai.demeter.database.Failure;
import ai.demeter.events.Event;
import ai.demeter.events.EventLog;
import ai.demeter.idempotency.RefusedKey;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Turns everything that a request can end with into a {@link Problem}: the only place that does.
 * Nothing of the exception itself reaches the client.
 */
@Provider
public class ProblemMapper implements ExceptionMapper<Throwable> {
    private static final Logger LOG = Logger.getLogger(ProblemMapper.class.getName());

    /** Seconds after which it is worth trying again. */
    static final String RETRY_AFTER = "2";

    @Context private UriInfo uriInfo;
    @Context private HttpServletRequest request;

    @Override
    public Response toResponse(Throwable thrown) {
        Idempotency.failed(request, thrown);
        String path = uriInfo.getRequestUri().getRawPath();
        return response(problem(thrown).at(path, RequestId.of(request)), thrown);
    }

    private static Response response(Problem problem, Throwable thrown) {
        Response.ResponseBuilder response =
                Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(problem);
        if (problem.status() == 503) {
            response.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER);
        }
        if (thrown instanceof NotAllowedException notAllowed) {
            response.allow(notAllowed.getResponse().getAllowedMethods());
        }
        return response.build();
    }

    /** The problem that something thrown is to a client. */
    static Problem problem(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProblemException known) {
                return known.problem();
            }
            if (cause instanceof RefusedKey refused) {
                return ofRefusal(refused.reason());
            }
        }
        if (thrown instanceof WebApplicationException web) {
            return ofStatus(web.getResponse().getStatus());
        }
        boolean databaseLost = CompositionRoot.ofProcess().heartbeat().isLost();
        return ofFailure(Failure.of(thrown), thrown, databaseLost);
    }

    /** The problem for a status that the server itself came to. */
    static Problem ofStatus(int status) {
        return switch (status) {
            case 403, 404 -> Problem.of(Problem.Kind.NOT_FOUND, "No resource has this path.");
            case 405 ->
                    Problem.of(
                            Problem.Kind.METHOD_NOT_ALLOWED,
                            "Allow lists the methods that are supported.");
            case 406 ->
                    Problem.of(
                            Problem.Kind.NOT_ACCEPTABLE,
                            "This resource is available in the media types that /openapi has for this path.");
            case 413 -> BodyLimits.tooLarge();
            case 415 ->
                    Problem.of(
                            Problem.Kind.UNSUPPORTED_MEDIA_TYPE,
                            "The body must be of a media type that /openapi has for this path.");
            case 503 -> unavailable();
            default ->
                    status >= 400 && status < 500
                            ? Problem.of(
                                    Problem.Kind.MALFORMED,
                                    "The request is not valid HTTP for this service.")
                            : internal();
        };
    }

    static Problem unavailable() {
        return Problem.of(
                Problem.Kind.DATABASE_UNAVAILABLE, "The database cannot be reached at the moment.");
    }

    static Problem stopping() {
        return Problem.of(
                Problem.Kind.DATABASE_UNAVAILABLE,
                "This instance is stopping and takes no new requests.");
    }

    static Problem poolExhausted() {
        return Problem.of(
                Problem.Kind.POOL_EXHAUSTED,
                "No database connection became free within the time allowed.");
    }

    /** Says nothing of what was stored: the failure may have come after a commit. */
    private static Problem internal() {
        return Problem.of(Problem.Kind.INTERNAL, "The failure was logged.");
    }

    /** The one line that is logged of it. */
    private static Problem outcomeUnknown() {
        String text = "The database did not confirm a commit: its changes may or may not be stored";
        EventLog.current().record(Event.Kind.OUTCOME_UNKNOWN, text);
        LOG.warning(() -> text + "; the client was told so");
        return Problem.of(
                Problem.Kind.OUTCOME_UNKNOWN,
                "The database did not confirm the change: it may or may not be stored. Read before"
                        + " sending it again; with an Idempotency-Key it can be sent again as it is.");
    }

    private static Problem ofRefusal(RefusedKey.Reason reason) {
        return switch (reason) {
            case REUSED ->
                    Problem.of(
                            Problem.Kind.KEY_REUSED,
                            "The Idempotency-Key was sent before with another method, path or body.");
            // To a request that is answered otherwise, what it was refused with says nothing.
            case IN_PROGRESS, ANSWERED ->
                    Problem.of(
                            Problem.Kind.IN_PROGRESS,
                            "A request with this Idempotency-Key is not finished; send it again later.");
        };
    }

    /** The problem for a failure below HTTP; what is nobody's but ours is logged. */
    static Problem ofFailure(Failure failure, Throwable thrown, boolean databaseLost) {
        return switch (failure.kind()) {
            case OVERLOADED ->
                    Problem.of(
                            Problem.Kind.OVERLOADED,
                            "As many requests as may are waiting for a database connection already.");
            // A pool that cannot replace its dead connections says that it is exhausted, too.
            case POOL_EXHAUSTED -> databaseLost ? unavailable() : poolExhausted();
            case UNREACHABLE -> unavailable();
            case UNKNOWN_OUTCOME -> outcomeUnknown();
            case TIMEOUT ->
                    Problem.of(
                            Problem.Kind.TIMEOUT,
                            "A statement, lock or transaction exceeded its time limit.");
            case CONTENTION ->
                    Problem.of(
                            Problem.Kind.CONTENTION,
                            "The change collided with others each time it was tried.");
            case DUPLICATE ->
                    ProblemException.duplicate(
                                    List.of(
                                            new Problem.FieldError(
                                                    failure.field(), "exists already")))
                            .problem();
            case IN_USE ->
                    Problem.of(
                            Problem.Kind.IN_USE,
                            "Others refer to it, and have to be deleted first.");
            case UNKNOWN_REFERENCE ->
                    ProblemException.invalid(
                                    List.of(
                                            new Problem.FieldError(
                                                    failure.field(), "does not exist")))
                            .problem();
            case INVALID ->
                    ProblemException.invalid(
                                    List.of(
                                            new Problem.FieldError(
                                                    failure.field(), "is not allowed")))
                            .problem();
            case STALE -> ProblemException.staleVersion().problem();
            case OTHER -> {
                LOG.log(Level.SEVERE, "A request failed", thrown);
                yield internal();
            }
        };
    }
}
