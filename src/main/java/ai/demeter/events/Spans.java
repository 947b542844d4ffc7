package ai.demeter.events;

import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The spans of the request on this thread: itself, its units of work and their attempts, what it
 * waited for and its statements. While nobody wants any, each of these places looks at one field.
 */
public final class Spans {
    /** Makes those of requests, of which all others are parts. */
    public interface Source {
        /**
         * Begins the span of a request.
         *
         * @param caller the span that it is a part of; null for none
         * @return null if the trace is not recorded
         */
        Span request(TraceContext caller);

        /** Sends what has ended, for two seconds at most, and makes no more. */
        void close();
    }

    /** What a statement does, and to which table it does it first. */
    private static final Pattern TARGET =
            Pattern.compile(
                    "\\b(?:from|into|update|copy|join)\\s+([a-z_][\\w.]*)",
                    Pattern.CASE_INSENSITIVE);

    private static final ThreadLocal<Span> OF_THREAD = new ThreadLocal<>();

    /** Null while none are made. */
    private static volatile Source source;

    private Spans() {}

    /** Has them made from now on. */
    public static void make(Source of) {
        source = of;
    }

    /** Has no more made, once those that have ended are sent. */
    public static void stop() {
        Source known = source;
        source = null;
        if (known != null) {
            known.close();
        }
    }

    /** Whether any are made. */
    public static boolean areMade() {
        return source != null;
    }

    /**
     * Begins the one of a request, of which all is a part that this thread does until {@link
     * #leave}.
     *
     * @param caller the span that it is a part of; null for none
     * @return null if there is to be none
     */
    public static Span enter(TraceContext caller) {
        Source known = source;
        Span request = known == null ? null : known.request(caller);
        if (request != null) {
            OF_THREAD.set(request);
        }
        return request;
    }

    /** What this thread does is no longer part of a request. */
    public static void leave() {
        OF_THREAD.remove();
    }

    /** The one under way on this thread; null if there is none. */
    private static Span current() {
        return source == null ? null : OF_THREAD.get();
    }

    /**
     * Does work as a part of the one under way, if there is one.
     *
     * @param attempt which one it is, from 1; 0 if that says nothing
     * @param type the kind of failure that an exception is
     * @throws Exception what the work threw
     */
    public static <T> T within(
            String name, int attempt, Callable<T> work, Function<Throwable, String> type)
            throws Exception {
        Span around = current();
        if (around == null) {
            return work.call();
        }
        Span part = around.begin(name, Span.Kind.INTERNAL, 0);
        if (attempt > 0) {
            part.set("demeter.attempt", attempt);
        }
        OF_THREAD.set(part);
        try {
            return work.call();
        } catch (Throwable e) {
            part.failed(type.apply(e));
            throw e;
        } finally {
            OF_THREAD.set(around);
            part.end();
        }
    }

    /** The request waited this long for a connection. */
    static void waited(long nanos) {
        Span around = current();
        if (around != null) {
            around.begin("wait for a connection", Span.Kind.INTERNAL, nanos).end();
        }
    }

    /** A statement was executed, by its text without values ("Semantic conventions for SQL"). */
    static void executed(String sql, long nanos, Throwable failure) {
        Span around = current();
        if (around == null) {
            return;
        }
        String summary = sql == null ? "BATCH" : summary(sql.strip());
        Span statement = around.begin(summary, Span.Kind.CLIENT, nanos);
        statement.set("db.system.name", "postgresql");
        statement.set("db.query.summary", summary);
        statement.set("db.query.text", TimedStatement.name(sql));
        if (failure instanceof SQLException e && e.getSQLState() != null) {
            statement.set("db.response.status_code", e.getSQLState());
            statement.failed(e.getSQLState());
        } else if (failure != null) {
            statement.failed(failure.getClass().getName());
        }
        statement.end();
    }

    /** Its first word, and the first table that it names. */
    static String summary(String sql) {
        Matcher target = TARGET.matcher(sql);
        String operation = sql.split("\\W", 2)[0];
        return target.find() ? operation + " " + target.group(1) : operation;
    }
}
