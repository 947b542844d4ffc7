package ai.demeter.session;

import ai.demeter.settings.Variable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.postgresql.PGConnection;

/**
 * The process of PostgreSQL that serves a session, as it says of itself, in one round trip.
 *
 * @param processId its own, which the login told as well unless a pooler answered that
 * @param pooled whether a pooler is in between, which may lend the session another one at any time
 * @param timeline of its server: each promotion begins a new one; 0 if it does not tell
 * @param readOnly whether it takes no writes
 * @param limits how long it allows, by the variable that asks for it; zero: without end
 */
public record Backend(
        int processId,
        boolean pooled,
        long timeline,
        boolean readOnly,
        Map<Variable, Duration> limits) {

    /** Not asked: a pooler is known to be in between, and may have none to spare at the moment. */
    public static final Backend BEHIND_POOLER = new Backend(0, true, 0, false, Map.of());

    /** Something that is not quite PostgreSQL. */
    private static final Backend UNKNOWN = new Backend(0, false, 0, false, Map.of());

    /** In SQL: when the server was started, which tells it from others and from what it was. */
    public static final String SERVER = "extract(epoch FROM pg_postmaster_start_time())::text";

    /** What PostgreSQL calls the limits, in the order of the question. */
    static final Map<Variable, String> PARAMETERS =
            new EnumMap<>(
                    Map.of(
                            Variable.DB_STATEMENT_TIMEOUT,
                            "statement_timeout",
                            Variable.DB_LOCK_TIMEOUT,
                            "lock_timeout",
                            Variable.DB_IDLE_IN_TRANSACTION_TIMEOUT,
                            "idle_in_transaction_session_timeout"));

    /**
     * The timeline from the name of the file that is written to: {@code pg_control_checkpoint()}
     * tells the former one until the next checkpoint. Everyone may ask all of it.
     */
    private static final String QUESTION = question();

    private static String question() {
        StringBuilder question =
                new StringBuilder(
                        "SELECT concat_ws(' ', CASE WHEN pg_is_in_recovery() THEN '00000000'"
                                + " ELSE pg_walfile_name(pg_current_wal_lsn()) END,"
                                + " pg_backend_pid(), current_setting('transaction_read_only')");
        PARAMETERS
                .values()
                .forEach(
                        parameter ->
                                question.append(", extract(epoch FROM current_setting('")
                                        .append(parameter)
                                        .append("')::interval)::float8"));
        return question.append(")").toString();
    }

    /**
     * Asks the server.
     *
     * @throws SQLException if it cannot be reached any more; the connection is closed then
     */
    public static Backend of(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(QUESTION)) {
            rows.next();
            String[] answer = rows.getString(1).split(" ");
            int processId = Integer.parseInt(answer[1]);
            Map<Variable, Duration> limits = new EnumMap<>(Variable.class);
            int i = 3;
            for (Variable variable : PARAMETERS.keySet()) {
                limits.put(
                        variable,
                        Duration.ofMillis(Math.round(1000 * Double.parseDouble(answer[i++]))));
            }
            return new Backend(
                    processId,
                    processId != connection.unwrap(PGConnection.class).getBackendPID(),
                    Long.parseLong(answer[0].substring(0, 8), 16),
                    answer[2].equals("on"),
                    limits);
        } catch (SQLException e) {
            if (OpeningFailure.isConnectivity(e)) {
                connection.close();
                throw e;
            }
            return UNKNOWN;
        }
    }

    /** Which server a session is with, as {@link #SERVER} tells. */
    public static String serverOf(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT " + SERVER)) {
            row.next();
            return row.getString(1);
        }
    }

    /**
     * Whether the server takes no writes: a standby, or one set to read-only. Costs no round trip:
     * both parameters are reported by PostgreSQL 14 and later whenever they change ("Parameter
     * Status Messages" in its protocol documentation); a pooler repeats what it heard once.
     */
    public static boolean isReadOnly(Connection connection) throws SQLException {
        PGConnection session = connection.unwrap(PGConnection.class);
        return "on".equals(session.getParameterStatus("in_hot_standby"))
                || "on".equals(session.getParameterStatus("default_transaction_read_only"));
    }
}
