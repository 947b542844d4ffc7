package ai.demeter.events;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The trace that a client's request is part of (W3C Trace Context, section 3.2, {@code
 * traceparent}).
 *
 * @param traceId 32 hexadecimal digits
 * @param spanId of the client's span, 16 hexadecimal digits
 * @param sampled whether the client records the trace
 */
public record TraceContext(String traceId, String spanId, boolean sampled) {

    /** What a request says it in. */
    public static final String HEADER = "traceparent";

    /** A later version may have more after the flags; what is here stays where it is. */
    private static final Pattern VALUE =
            Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

    /** Removed at the end of each request, so that no thread of the server keeps it. */
    private static final ThreadLocal<TraceContext> CURRENT = new ThreadLocal<>();

    /** The trace that a header names; empty if there is none, or it is not valid. */
    public static Optional<TraceContext> of(String traceparent) {
        if (traceparent == null) {
            return Optional.empty();
        }
        Matcher header = VALUE.matcher(traceparent.strip());
        if (!header.matches()
                || header.group(1).equals("ff")
                || header.group(1).equals("00") && header.group(5) != null
                || header.group(2).matches("0+")
                || header.group(3).matches("0+")) {
            return Optional.empty();
        }
        boolean sampled = (Integer.parseInt(header.group(4), 16) & 1) == 1;
        return Optional.of(new TraceContext(header.group(2), header.group(3), sampled));
    }

    /** As a header says it. */
    public String traceparent() {
        return "00-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
    }

    /** The one of the request that this thread is at work on; empty if there is none. */
    public static Optional<TraceContext> current() {
        return Optional.ofNullable(CURRENT.get());
    }

    /** This thread is at work on a request of this trace, until {@link #leave}. */
    public void enter() {
        CURRENT.set(this);
    }

    /** This thread is no longer at work on a request. */
    public static void leave() {
        CURRENT.remove();
    }
}
