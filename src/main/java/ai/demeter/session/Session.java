package ai.demeter.session;

import ai.demeter.events.Spans;
import ai.demeter.events.TimeSpent;
import ai.demeter.events.TimedStatement;
import ai.demeter.transport.BoundedChannel;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * A session with the database.
 *
 * @param channel under it
 * @param encrypted whether what passes through that is
 * @param backend who serves it
 * @param host the server
 * @param passedBy the pooler that others go through and this one does not; null if there is none
 */
public record Session(
        Connection connection,
        BoundedChannel channel,
        boolean encrypted,
        Backend backend,
        String host,
        Pooler passedBy) {

    private static final Duration FAREWELL = Duration.ofSeconds(1);

    /** The same, which asks that pooler for a sign of life as well. */
    public Session besides(Pooler pooler) {
        return new Session(connection, channel, encrypted, backend, host, pooler);
    }

    /** Of the server: each promotion begins a new one; 0 if it does not tell. */
    public long timeline() {
        return backend.timeline();
    }

    /**
     * Asks for a sign of life.
     *
     * @throws SQLException if there is none
     */
    public void ask() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
        }
        if (passedBy != null) {
            passedBy.ping();
        }
    }

    /**
     * Whether the server has neither sent nor closed anything since its last answer. Anything
     * unasked for is a reason to give the connection up, even a mere notice: that is rare, and
     * reading it here would take it from the driver.
     */
    public boolean isQuiet() {
        return channel.isQuiet();
    }

    /**
     * Calls a method of the connection. A statement that it makes is timed where anybody wants to
     * know.
     *
     * @param slow nanoseconds after which a statement is logged; {@link Long#MAX_VALUE}: none is
     * @throws Throwable what the method threw
     */
    public Object call(Method method, Object[] arguments, long slow) throws Throwable {
        try {
            Object result = method.invoke(connection, arguments);
            return (slow != Long.MAX_VALUE || TimeSpent.isCounted() || Spans.areMade())
                            && result instanceof Statement statement
                    ? TimedStatement.wrap(
                            statement,
                            method.getReturnType(),
                            arguments != null && arguments[0] instanceof String sql ? sql : null,
                            slow)
                    : result;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** Whether it has ended, as far as the driver knows. */
    public boolean isClosed() {
        try {
            return connection.isClosed();
        } catch (SQLException e) {
            return true;
        }
    }

    /**
     * Ends it without a word to the server; whoever waits for an answer fails.
     *
     * <p>Waits for nobody: the channel is closed first, so that neither the farewell of TLS nor a
     * write that is under way has anything to wait for.
     */
    public void abort() {
        try {
            channel.end();
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // It is being given up because it does not work.
        }
    }

    /** Takes leave of the server, which has a second for its part of it. */
    public void close() {
        try {
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(FAREWELL.toMillis()));
            connection.close();
        } catch (SQLException e) {
            abort();
        }
    }
}
