package ai.demeter.connection;

import ai.demeter.events.Event;
import ai.demeter.events.EventLog;
import ai.demeter.events.TimedStatement;
import ai.demeter.session.OpeningFailure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.Optional;

/**
 * How a transaction of the pool is committed, between whoever asks the container for it and the
 * physical connection that does it; the container's transaction manager, which stands between them
 * on the same thread, passes on neither a statement nor, on Payara, an exception.
 *
 * <p>No commit is cancelled: no query timeout is set on it. What ends one is {@code
 * DB_SOCKET_TIMEOUT}, and its outcome is unknown then.
 */
public final class Commit {
    /** "Transaction resolution unknown" (ISO 9075, class 08). */
    static final String OUTCOME_UNKNOWN = "08007";

    /**
     * A statement for a commit to carry.
     *
     * @param sql with placeholders
     * @param values what stands for them
     */
    public record Statement(String sql, Object... values) {}

    private static final ThreadLocal<Statement> LAST = new ThreadLocal<>();
    private static final ThreadLocal<SQLException> FAILURE = new ThreadLocal<>();

    private Commit() {}

    /**
     * Has this thread's next commit carry out one more statement of its transaction, in the same
     * round trip.
     */
    public static void carry(Statement statement) {
        LAST.set(statement);
    }

    /** The failure of this thread's last commit, if it failed; forgets all about that commit. */
    public static Optional<SQLException> takeFailure() {
        SQLException failure = FAILURE.get();
        FAILURE.remove();
        LAST.remove();
        return Optional.ofNullable(failure);
    }

    /**
     * Commits.
     *
     * @param slow nanoseconds after which it is logged as a slow statement
     * @throws SQLException SQLState 08007 if what the transaction did may or may not be stored, any
     *     other if nothing of it is
     */
    static void of(Connection connection, long slow) throws SQLException {
        Statement last = LAST.get();
        LAST.remove();
        try {
            connection.clearWarnings();
            refuse(last == null ? alone(connection, slow) : with(last, connection, slow));
        } catch (SQLException e) {
            SQLException failure = OpeningFailure.isConnectivity(e) ? unknown(e) : e;
            if (OUTCOME_UNKNOWN.equals(failure.getSQLState())) {
                EventLog.current()
                        .record(
                                Event.Kind.OUTCOME_UNKNOWN,
                                "what was written may be stored or not");
            }
            FAILURE.set(failure);
            throw failure;
        }
    }

    private static SQLWarning alone(Connection connection, long slow) throws SQLException {
        return TimedStatement.timed(
                () -> {
                    connection.commit();
                    return connection.getWarnings();
                },
                "COMMIT",
                slow);
    }

    private static SQLWarning with(Statement last, Connection connection, long slow)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(last.sql + ";COMMIT")) {
            for (int i = 0; i < last.values.length; i++) {
                statement.setObject(i + 1, last.values[i]);
            }
            return TimedStatement.timed(
                    () -> {
                        statement.execute();
                        return statement.getWarnings();
                    },
                    last.sql + ";COMMIT",
                    slow);
        }
    }

    /**
     * PostgreSQL answers a commit whose wait for a synchronous standby was cancelled with success
     * and a warning (SyncRepWaitForLSN in its syncrep.c): it is stored here, and lost if the
     * standby takes over. A mere notice, of SQLState class 00, is none.
     */
    private static void refuse(SQLWarning first) throws SQLException {
        for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
            if (warning.getSQLState() == null || !warning.getSQLState().startsWith("00")) {
                throw new SQLException(
                        "the commit came with a warning: " + warning.getMessage(), OUTCOME_UNKNOWN);
            }
        }
    }

    /** A commit that broke off may have been carried out. */
    private static SQLException unknown(SQLException failure) {
        return OUTCOME_UNKNOWN.equals(failure.getSQLState())
                ? failure
                : new SQLException(
                        "the connection broke during the commit: its outcome is unknown",
                        OUTCOME_UNKNOWN,
                        failure);
    }
}
