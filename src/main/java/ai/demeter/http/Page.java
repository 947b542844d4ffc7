package ai.demeter.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriBuilder;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * A page of a list that is ordered by id: what comes after an id, so that rows inserted meanwhile
 * shift nothing.
 *
 * @param items at most as many as were asked for
 * @param next what to pass as {@code after} for the next page; null on the last one
 */
@JsonPropertyOrder({"items", "next"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Page<T>(List<T> items, String next) {
    /** Items on a page unless the client says otherwise. */
    public static final int DEFAULT_LIMIT = 50;

    /** Items on a page at most. */
    static final int MOST = 200;

    /**
     * The {@code limit} of a request.
     *
     * @throws ProblemException {@code validation} unless it is 1 to 200
     */
    public static int limit(String given) {
        if (given == null || given.isEmpty()) {
            return DEFAULT_LIMIT;
        }
        if (given.matches("[0-9]{1,3}")) {
            int limit = Integer.parseInt(given);
            if (limit >= 1 && limit <= MOST) {
                return limit;
            }
        }
        throw ProblemException.invalid("limit", "must be a whole number from 1 to " + MOST);
    }

    /**
     * The id that the {@code after} of a request stands for; 0, before all, if there is none.
     *
     * @throws ProblemException {@code validation} unless it is the {@code next} of an earlier page
     */
    public static long after(String given) {
        if (given == null || given.isEmpty()) {
            return 0;
        }
        if (given.matches("[0-9]{1,18}")) {
            return Long.parseLong(given);
        }
        throw ProblemException.invalid("after", "must be the next of an earlier page");
    }

    /**
     * A page.
     *
     * @param found what the query gave when asked for one more than {@code limit}
     */
    public static <T> Page<T> of(List<T> found, int limit, ToLongFunction<T> id) {
        if (found.size() <= limit) {
            return new Page<>(found, null);
        }
        List<T> items = found.subList(0, limit);
        return new Page<>(items, Long.toString(id.applyAsLong(items.get(limit - 1))));
    }

    /** 200 with the page and, unless it is the last, a {@code Link} to the next one (RFC 8288). */
    public Response toResponse(UriInfo request) {
        Response.ResponseBuilder response = Response.ok(this);
        if (next != null) {
            // Relative to the host, so that it holds behind a proxy as well.
            String link =
                    UriBuilder.fromPath(request.getRequestUri().getRawPath())
                            .replaceQuery(request.getRequestUri().getRawQuery())
                            .replaceQueryParam("after", next)
                            .build()
                            .toString();
            response.header(HttpHeaders.LINK, "<" + link + ">; rel=\"next\"");
        }
        return response.build();
    }
}
