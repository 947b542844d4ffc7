package ai.demeter.http;

import ai.demeter.connection.Heartbeat;
import ai.demeter.health.InFlight;
import ai.demeter.metrics.Rehearsal;
import ai.demeter.schema.Schema;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Lets requests into the API, and answers those at once of which it is certain that they cannot be
 * served: while the service stops, before its schema is current, and while the database is lost.
 *
 * <p>Who waits for a connection does so later, around the work that needs one, so that a body that
 * arrives slowly and an answer that is not read keep no connection from others.
 */
public class Admission extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = Logger.getLogger(Admission.class.getName());

    // A filter is made by the server, which injects into fields only.
    @Inject private transient Heartbeat heartbeat;
    @Inject private transient Schema schema;
    @Inject private transient InFlight requests;
    private final transient BooleanSupplier usable;

    /** Made by the server. */
    public Admission() {
        usable = () -> schema.state() == Schema.State.CURRENT && !heartbeat.isLost();
    }

    Admission(BooleanSupplier usable, InFlight requests) {
        this.usable = usable;
        this.requests = requests;
    }

    @Override
    protected void doFilter(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        // Metrics and status need no database, and must answer without it; a rehearsal comes before
        // the rest.
        if (MetricsEndpoint.needsNoDatabase(request) || Rehearsal.isUnderWay()) {
            chain.doFilter(request, response);
            return;
        }
        if (!requests.enter()) {
            response.setHeader("Connection", "close");
            refuse(ProblemMapper.stopping(), request, response);
            return;
        }
        try {
            if (usable.getAsBoolean()) {
                chain.doFilter(request, response);
            } else {
                refuse(ProblemMapper.unavailable(), request, response);
            }
        } finally {
            requests.leave();
        }
    }

    void refuse(Problem problem, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        write(problem, request, response);
    }

    /** Writes a problem where JAX-RS does not, to a client that may have gone. */
    static void write(Problem problem, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        byte[] body = Json.bytes(problem.at(request.getRequestURI(), RequestId.of(request)));
        response.setStatus(problem.status());
        response.setContentType(Problem.MEDIA_TYPE);
        response.setContentLength(body.length);
        if (problem.status() == 503) {
            response.setHeader("Retry-After", ProblemMapper.RETRY_AFTER);
        }
        try {
            response.getOutputStream().write(body);
        } catch (IOException e) { // Payara would log it twice, with its stack trace
            LOG.log(Level.FINE, "Nobody is there to be told of a problem", e);
        }
    }
}
