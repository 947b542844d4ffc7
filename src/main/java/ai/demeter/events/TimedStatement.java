package ai.demeter.events;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.logging.Logger;

/**
 * A statement of the pool whose executions are logged when they take as long as {@code
 * DB_SLOW_STATEMENT}, those that fail included, with the text as it was prepared: never with its
 * values.
 *
 * <p>Here rather than in Hibernate, whose own log of slow queries knows neither batches nor what
 * does not pass through it.
 */
public final class TimedStatement implements InvocationHandler {
    private static final Logger LOG = Logger.getLogger(TimedStatement.class.getName());

    /** Characters of a statement: enough to know it by, even if its placeholders are thousands. */
    static final int MOST = 500;

    private final Statement delegate;
    private final String prepared;
    private final long threshold;

    private TimedStatement(Statement delegate, String prepared, long threshold) {
        this.delegate = delegate;
        this.prepared = prepared;
        this.threshold = threshold;
    }

    /**
     * Wraps a statement.
     *
     * @param type the interface it is known by
     * @param prepared its text; null if each execution brings its own
     * @param threshold nanoseconds
     */
    public static Statement wrap(
            Statement delegate, Class<?> type, String prepared, long threshold) {
        return (Statement)
                Proxy.newProxyInstance(
                        TimedStatement.class.getClassLoader(),
                        new Class<?>[] {type},
                        new TimedStatement(delegate, prepared, threshold));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        String name = method.getName();
        if (name.startsWith("execute")) {
            boolean bringsText = arguments != null && arguments[0] instanceof String;
            return timed(
                    () -> call(method, arguments),
                    bringsText ? (String) arguments[0] : prepared,
                    threshold);
        }
        return switch (name) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "statement " + prepared; // the driver's own shows the values
            default -> call(method, arguments);
        };
    }

    private Object call(Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(delegate, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** What waits for the database. */
    public interface Execution<T, E extends Throwable> {
        T run() throws E;
    }

    /**
     * Runs what waits for the database, and says so if that took long.
     *
     * @param sql what is executed; null for several statements at once
     * @param threshold nanoseconds
     */
    public static <T, E extends Throwable> T timed(
            Execution<T, E> execution, String sql, long threshold) throws E {
        long started = System.nanoTime();
        Throwable failure = null;
        try {
            return execution.run();
        } catch (Throwable e) {
            failure = e;
            throw e;
        } finally {
            long nanos = System.nanoTime() - started;
            TimeSpent.executed(nanos);
            Spans.executed(sql, nanos, failure);
            if (nanos >= threshold) {
                Duration took = Duration.ofNanos(nanos);
                EventLog.current().recordSlowStatement(name(sql), took, failure != null);
                LOG.warning(line(sql, took, failure));
            }
        }
    }

    /** Without the failure's message, which may hold values. */
    static String line(String sql, Duration took, Throwable failure) {
        String state = failure instanceof SQLException e ? " (" + e.getSQLState() + ")" : "";
        return "Slow statement: "
                + took.toMillis()
                + " ms"
                + (failure == null ? "" : ", failed" + state)
                + ": "
                + name(sql);
    }

    /** What the log, the status page and spans call a statement. */
    static String name(String sql) {
        String line = (sql == null ? "a batch" : sql).strip().replaceAll("\\s+", " ");
        return line.length() > MOST ? line.substring(0, MOST) + "..." : line;
    }
}
