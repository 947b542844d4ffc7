package ai.demeter.http;

import ai.demeter.events.Span;
import ai.demeter.events.Spans;
import ai.demeter.events.TraceContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * The span of each request to the API, where spans are made (OpenTelemetry, "Semantic conventions
 * for HTTP spans"): a part of the client's, or the first of a trace. What is behind this filter
 * sees it as the request's {@code traceparent}, so that its trace id is the one in problems, log
 * lines and exemplars, whoever began the trace.
 *
 * <p>No query: it may hold values. Health, metrics and status, asked for all the time, have none,
 * and neither have the service's requests to itself.
 */
public class RequestSpan extends HttpFilter {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doFilter(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Span span = Spans.areMade() ? begin(request) : null;
        if (span == null) {
            chain.doFilter(request, response);
            return;
        }
        int status = 500; // if something is thrown
        try {
            chain.doFilter(new Traced(request, span.context()), response);
            status = response.getStatus();
        } finally {
            Spans.leave();
            end(span, request, status);
        }
    }

    private static Span begin(HttpServletRequest request) {
        return MetricsEndpoint.needsNoDatabase(request) || WarmUp.isMadeBy(request)
                ? null
                : Spans.enter(TraceContext.of(request.getHeader(TraceContext.HEADER)).orElse(null));
    }

    private static void end(Span span, HttpServletRequest request, int status) {
        String method = RequestTimes.method(request);
        String route = Route.of(request);
        boolean known = !route.equals(Route.UNMATCHED);
        boolean other = method.equals(RequestTimes.OTHER_METHOD);
        String verb = other ? "HTTP" : method;
        span.name(known ? verb + " " + route : verb);
        span.set("http.request.method", other ? "_OTHER" : method);
        if (known) {
            span.set("http.route", route);
        }
        span.set("url.scheme", request.getScheme());
        span.set("url.path", request.getRequestURI());
        span.set("http.response.status_code", status);
        if (status >= 500) {
            span.failed(Integer.toString(status));
        }
        span.end();
    }

    /** A request whose caller is our own span. */
    private static final class Traced extends HttpServletRequestWrapper {
        private final TraceContext context;

        private Traced(HttpServletRequest request, TraceContext context) {
            super(request);
            this.context = context;
        }

        @Override
        public String getHeader(String name) {
            return name.equalsIgnoreCase(TraceContext.HEADER)
                    ? context.traceparent()
                    : super.getHeader(name);
        }
    }
}
