package ai.demeter.http;

import ai.demeter.events.TraceContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Gives each request an id, the client's own if it sent a usable one: in the header {@code
 * X-Request-Id} of the answer, in the problem if it ends with one, and in every line that is logged
 * meanwhile.
 *
 * <p>The trace that the client's {@code traceparent} names, if it does, is known meanwhile as well,
 * and in the same lines.
 *
 * <p>Into the log it gets as part of the thread's name, which both servers put into each line, text
 * or JSON, whoever logs: Payara's log manager has no other context of its own (MDC). A server that
 * calls one request on several threads would need another way; neither does so here.
 */
public class RequestId extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final String HEADER = "X-Request-Id";
    private static final String ATTRIBUTE = RequestId.class.getName();
    private static final Pattern USABLE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    @Override
    protected void doFilter(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String before = of(request); // on the way to the error page
        String id = before == null ? sentOrNew(request.getHeader(HEADER)) : before;
        request.setAttribute(ATTRIBUTE, id);
        response.setHeader(HEADER, id);
        Optional<TraceContext> trace = TraceContext.of(request.getHeader(TraceContext.HEADER));
        trace.ifPresent(TraceContext::enter);
        Thread thread = Thread.currentThread();
        String name = thread.getName();
        String mark = trace.map(known -> " trace " + known.traceId()).orElse("") + " request " + id;
        thread.setName(name.endsWith(mark) ? name : name + mark);
        try {
            chain.doFilter(request, response);
        } finally {
            thread.setName(name);
            TraceContext.leave();
        }
    }

    /** The id of a request; null if it has not passed through here. */
    static String of(HttpServletRequest request) {
        return (String) request.getAttribute(ATTRIBUTE);
    }

    /** Not a UUID: its random numbers are meant for secrets, and cost more than all the rest. */
    private static String sentOrNew(String sent) {
        return sent != null && USABLE.matcher(sent).matches()
                ? sent
                : HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }
}
