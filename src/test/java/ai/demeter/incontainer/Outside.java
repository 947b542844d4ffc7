package ai.demeter.incontainer;

import ai.demeter.run.Until;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.ds.PGSimpleDataSource;

/** The database as others see it: sessions of the superuser, outside the pool. */
public final class Outside {
    private Outside() {}

    public static Connection connection() throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(System.getenv("DATABASE_URL"));
        source.setUser("postgres");
        return source.getConnection();
    }

    public static void execute(String... statements) throws SQLException {
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The first column of all rows, as text. */
    public static List<String> query(String sql) throws SQLException {
        try (Connection connection = connection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    /** The codes of the warehouses that are stored. */
    public static List<String> codes() throws SQLException {
        return query("SELECT code FROM warehouse ORDER BY code");
    }

    /** Ends sessions of the pool, and waits until they are gone. */
    public static void terminate(String condition) throws Exception {
        List<String> pids =
                query(
                        "SELECT pid FROM pg_stat_activity WHERE application_name = 'demeter' AND "
                                + condition);
        query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid IN (" + in(pids));
        Until.holds(
                "the sessions are gone",
                () ->
                        query("SELECT pid FROM pg_stat_activity WHERE pid IN (" + in(pids))
                                .isEmpty());
    }

    private static String in(List<String> values) {
        return (values.isEmpty() ? "-1" : String.join(",", values)) + ")";
    }
}
