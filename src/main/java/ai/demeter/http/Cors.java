package ai.demeter.http;

import ai.demeter.settings.Settings;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;

/**
 * Lets pages of the origins in {@code CORS_ORIGINS} use the API from a browser (the Fetch standard,
 * "CORS protocol"), and those of no other. A preflight carries no token and is answered here,
 * before anybody asks for one.
 */
public class Cors extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private static final String METHODS = "GET, HEAD, POST, PUT, DELETE";

    /** What the API reads of a request beyond what every page may send. */
    private static final String REQUEST_HEADERS =
            "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, Demeter-Position, Prefer,"
                    + " X-Request-Id, traceparent, tracestate";

    /** What the API says in an answer beyond what every page may read. */
    private static final String RESPONSE_HEADERS =
            "Allow, Demeter-Position, ETag, Idempotency-Replayed, Link, Location, Retry-After, Server-Timing, WWW-Authenticate, X-Request-Id";

    /** Seconds for which a browser remembers a preflight: Chromium takes no more. */
    private static final String MAX_AGE = "7200";

    private final transient Set<String> origins;

    /** For the server: by the settings of this process. */
    public Cors() {
        this(Settings.current().corsOrigins());
    }

    Cors(Set<String> origins) {
        this.origins = origins;
    }

    @Override
    protected void doFilter(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!origins.isEmpty()) {
            if (!response.containsHeader("Vary")) { // on the way to the error page it is there
                response.addHeader("Vary", "Origin");
            }
            String origin = request.getHeader("Origin");
            if (origin != null && origins.contains(origin)) {
                response.setHeader("Access-Control-Allow-Origin", origin);
                if (isPreflight(request)) {
                    response.setHeader("Access-Control-Allow-Methods", METHODS);
                    response.setHeader("Access-Control-Allow-Headers", REQUEST_HEADERS);
                    response.setHeader("Access-Control-Max-Age", MAX_AGE);
                    response.setStatus(HttpServletResponse.SC_NO_CONTENT);
                    return;
                }
                response.setHeader("Access-Control-Expose-Headers", RESPONSE_HEADERS);
            }
        }
        chain.doFilter(request, response);
    }

    private static boolean isPreflight(HttpServletRequest request) {
        return request.getMethod().equals("OPTIONS")
                && request.getHeader("Access-Control-Request-Method") != null;
    }
}
