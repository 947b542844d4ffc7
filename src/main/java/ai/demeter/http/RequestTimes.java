package ai.demeter.http;

import ai.demeter.metrics.Metrics;
import ai.demeter.metrics.Rehearsal;
import io.micrometer.core.instrument.Timer;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Times the requests to the API by route, method and status; those for metrics are left out.
 *
 * <p>In web.xml, because the order of filters is defined only there and {@link Admission}'s waiting
 * and refusals are to be counted.
 */
public class RequestTimes extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private static final double[] BORDERS = {
        0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
    };

    /** RFC 9110, section 9, and RFC 5789; clients may send any other word. */
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT");

    static final String OTHER_METHOD = "other";

    private record Series(String route, String method, int status) {}

    private final transient Map<Series, Timer> timers = new ConcurrentHashMap<>();

    @Override
    protected void doFilter(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (WarmUp.isMadeBy(request)) {
            Rehearsal.begin();
            try {
                chain.doFilter(request, response);
            } finally {
                Rehearsal.end();
            }
            return;
        }
        if (MetricsEndpoint.needsNoDatabase(request)) {
            chain.doFilter(request, response);
            return;
        }
        long started = System.nanoTime();
        int status = 500; // if something is thrown
        try {
            chain.doFilter(request, response);
            status = response.getStatus();
        } finally {
            timers.computeIfAbsent(
                            new Series(Route.of(request), method(request), status),
                            RequestTimes::timer)
                    .record(System.nanoTime() - started, TimeUnit.NANOSECONDS);
        }
    }

    /** One of those that there are, or {@link #OTHER_METHOD}. */
    static String method(HttpServletRequest request) {
        return METHODS.contains(request.getMethod()) ? request.getMethod() : OTHER_METHOD;
    }

    private static Timer timer(Series series) {
        return Metrics.histogram("http.server.requests", BORDERS)
                .description("Requests to the API, from the first filter to the end of the answer")
                .tag("route", series.route)
                .tag("method", series.method)
                .tag("status", Integer.toString(series.status))
                .register(Metrics.registry());
    }
}
