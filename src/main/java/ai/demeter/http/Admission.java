package ai.demeter.http;

import ai.demeter.connection.CompositionRoot;
import ai.demeter.database.Schema;
import ai.demeter.health.Shutdown;
import ai.demeter.pool.Bulkhead;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;

/**
 * Lets as many requests into the API as there are database connections, in order, and answers the
 * others: when it is certain that they cannot be served, at once, and otherwise after {@code
 * DB_POOL_TIMEOUT}.
 */
@WebFilter(urlPatterns = "/api/*")
public class Admission extends HttpFilter {
    private static final long serialVersionUID = 1L;

    @Inject private transient Bulkhead turns;
    @Inject private transient Schema schema;
    @Inject private transient Shutdown shutdown;

    @Override
    protected void doFilter(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (MetricsEndpoint.isAskedBy(request)) { // needs no database, and must answer without it
            chain.doFilter(request, response);
        } else if (shutdown.isUnderWay()) {
            response.setHeader("Connection", "close");
            write(ProblemMapper.stopping(), request, response);
        } else if (schema.state() != Schema.State.CURRENT
                || CompositionRoot.ofProcess().heartbeat().isLost()) {
            write(ProblemMapper.unavailable(), request, response);
        } else {
            Optional<Bulkhead.Refusal> refusal = turns.take();
            if (refusal.isEmpty()) {
                try {
                    chain.doFilter(request, response);
                } finally {
                    turns.release();
                }
            } else {
                write(
                        refusal.get() == Bulkhead.Refusal.DATABASE_LOST
                                ? ProblemMapper.unavailable()
                                : ProblemMapper.poolExhausted(),
                        request,
                        response);
            }
        }
    }

    /** Writes a problem where JAX-RS does not. */
    static void write(Problem problem, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        byte[] body = Json.bytes(problem.at(request.getRequestURI(), RequestId.of(request)));
        response.setStatus(problem.status());
        response.setContentType(Problem.MEDIA_TYPE);
        response.setContentLength(body.length);
        if (problem.status() == 503) {
            response.setHeader("Retry-After", ProblemMapper.RETRY_AFTER);
        }
        response.getOutputStream().write(body);
    }
}
