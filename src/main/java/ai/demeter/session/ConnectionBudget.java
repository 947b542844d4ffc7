package ai.demeter.session;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Whether the connections of all instances fit into the database. Why it exists: each instance
 * opens what it is told, and the one that comes last is told that there are none left.
 *
 * @param allowed how many the database allows ordinary roles in all
 * @param instances those that are connected, by their probes, of which each has one
 * @param others connections that are not Demeter's
 */
public record ConnectionBudget(int allowed, int instances, int others) {
    private static final Logger LOG = Logger.getLogger(ConnectionBudget.class.getName());

    /** Beside the pool: the probe, and that of migrations. */
    private static final int BESIDE = 2;

    private static final String QUESTION =
            "SELECT current_setting('max_connections')::int"
                    + " - current_setting('superuser_reserved_connections')::int"
                    + " - coalesce(current_setting('reserved_connections', true), '0')::int,"
                    + " count(*) FILTER (WHERE application_name = 'demeter-probe'),"
                    + " count(*) FILTER (WHERE application_name NOT LIKE 'demeter%')"
                    + " FROM pg_stat_activity WHERE backend_type = 'client backend'";

    /**
     * Asks the database, and warns in the log if they do not fit.
     *
     * @param poolMaximum the connections that an instance may have
     */
    public static void look(DataSource database, int poolMaximum) throws SQLException {
        try (Connection connection = database.getConnection()) {
            of(connection).warning(poolMaximum).ifPresent(LOG::warning);
        }
    }

    /** Asks the database. */
    static ConnectionBudget of(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(QUESTION)) {
            row.next();
            return new ConnectionBudget(row.getInt(1), row.getInt(2), row.getInt(3));
        }
    }

    /**
     * What is to be said of it.
     *
     * @param poolMaximum the connections that an instance may have; the others are taken to be like
     *     this one
     * @return empty if they fit
     */
    Optional<String> warning(int poolMaximum) {
        int needed = instances * (poolMaximum + BESIDE);
        return needed + others <= allowed
                ? Optional.empty()
                : Optional.of(
                        "%d instances may open %d connections, beside %d of others, and the database allows %d: lower DB_POOL_SIZE and DB_MAX_OVERFLOW, raise max_connections, or put PgBouncer in between"
                                .formatted(instances, needed, others, allowed));
    }
}
