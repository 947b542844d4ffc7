package ai.demeter.http;

import ai.demeter.connection.Reachability;
import ai.demeter.database.Schema;
import ai.demeter.database.Shutdown;
import ai.demeter.database.Turns;
import jakarta.inject.Inject;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Lets as many requests into the API as there are database connections, in order, and answers the
 * others: when it is certain that they cannot be served, at once, and otherwise after {@code
 * DB_POOL_TIMEOUT}. A request that waits holds no thread.
 */
@WebFilter(urlPatterns = "/api/*", asyncSupported = true)
public class Gate extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = Logger.getLogger(Gate.class.getName());

    @Inject private transient Turns turns;
    @Inject private transient Schema schema;
    @Inject private transient Shutdown shutdown;

    @Override
    protected void doFilter(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (shutdown.isUnderWay()) {
            response.setHeader("Connection", "close");
            write(Problems.stopping(), request, response);
        } else if (schema.state() != Schema.State.CURRENT || Reachability.current().isLost()) {
            write(Problems.unavailable(), request, response);
        } else if (turns.tryTake()) {
            try {
                chain.doFilter(request, response);
            } finally {
                turns.release();
            }
        } else {
            await(request, response);
        }
    }

    private void await(HttpServletRequest request, HttpServletResponse response) {
        AsyncContext async = request.startAsync(request, response);
        async.setTimeout(0); // Turns sees to it
        turns.await(
                () -> {
                    async.addListener(new GiveBack(turns));
                    async.dispatch();
                },
                refusal -> {
                    try {
                        write(
                                refusal == Turns.Refusal.DATABASE_LOST
                                        ? Problems.unavailable()
                                        : Problems.poolExhausted(),
                                request,
                                response);
                    } catch (IOException e) {
                        LOG.log(Level.FINE, "The client did not wait for its answer", e);
                    } finally {
                        async.complete();
                    }
                });
    }

    /** Writes a problem where JAX-RS does not. */
    static void write(Problem problem, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        byte[] body = Json.bytes(problem.at(request.getRequestURI()));
        response.setStatus(problem.status());
        response.setContentType(Problem.MEDIA_TYPE);
        response.setContentLength(body.length);
        if (problem.status() == 503) {
            response.setHeader("Retry-After", Problems.RETRY_AFTER);
        }
        response.getOutputStream().write(body);
    }

    /** Gives the turn of a request that had to wait back when it ends, however it ends. */
    private static final class GiveBack implements AsyncListener {
        private final Turns turns;

        private GiveBack(Turns turns) {
            this.turns = turns;
        }

        @Override
        public void onComplete(AsyncEvent event) {
            turns.release();
        }

        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}
