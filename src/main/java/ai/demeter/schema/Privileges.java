package ai.demeter.schema;

import ai.demeter.connection.DemeterDataSource;
import ai.demeter.pool.PoolFiller;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the application's role may do with what migrations have made, looked at before anything is
 * served. Why it exists: too little would be told by the first request that needs it, and too much
 * by nobody (PostgreSQL 18 documentation, section 5.8).
 *
 * @param role the role of the pool's connections
 * @param superuser whether it may do anything at all
 * @param owned the tables that it may change and drop
 * @param missing the rights without which requests would fail, as {@code INSERT on table warehouse}
 */
record Privileges(String role, boolean superuser, List<String> owned, List<String> missing) {
    private static final String SUPERUSER =
            "SELECT rolname FROM pg_roles WHERE rolname = current_user AND rolsuper";

    /** Of one schema and one owner: whatever else is in the database is not Demeter's. */
    private static final String OURS =
            "relnamespace = to_regnamespace(?)::oid AND pg_get_userbyid(relowner) = ?";

    /** But for partitions: who uses a table uses them with its rights. */
    private static final String TABLES =
            "FROM pg_class CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'])"
                    + " WITH ORDINALITY AS right_of (needed, place)"
                    + " WHERE relkind IN ('r', 'p') AND NOT relispartition"
                    + " AND relname <> 'flyway_schema_history' AND "
                    + OURS;

    private static final String OWNED =
            "SELECT DISTINCT relname "
                    + TABLES
                    + " AND pg_has_role(relowner, 'USAGE') ORDER BY relname";

    private static final String NO_TABLE =
            "SELECT string_agg(needed, ', ' ORDER BY place) || ' on table ' || relname "
                    + TABLES
                    + " AND NOT has_table_privilege(pg_class.oid, needed)"
                    + " GROUP BY relname ORDER BY relname";

    /** A CASE, because AND has no order and the function takes nothing but sequences. */
    private static final String NO_SEQUENCE =
            "SELECT 'USAGE on sequence ' || relname FROM pg_class WHERE "
                    + OURS
                    + " AND CASE relkind WHEN 'S' THEN NOT has_sequence_privilege(oid, 'USAGE') END"
                    + " ORDER BY relname";

    private static final String NO_SCHEMA =
            "SELECT 'USAGE on schema ' || nspname FROM pg_namespace"
                    + " WHERE nspname = ? AND NOT has_schema_privilege(oid, 'USAGE')";

    private static final String ADVICE =
            "; server-config/postgresql/roles.sql makes one role for DATABASE_URL_SYNC,"
                    + " which owns the tables, and one for DATABASE_USER, which may do what is needed";

    /** A right is missing, or a session; the message says which. */
    static final class Missing extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Missing(String message) {
            super(message);
        }
    }

    /**
     * Returns if migrations may have a session of their own.
     *
     * @throws Missing if a pooler lends it for a transaction at a time; Flyway would wrap that
     */
    static void requireSession() throws SQLException {
        try {
            DemeterDataSource.forMigration().getConnection().close();
        } catch (SQLFeatureNotSupportedException e) {
            throw new Missing(e.getMessage());
        }
    }

    /**
     * Asks the database, as both roles.
     *
     * @throws Missing if a request would fail for lack of a right
     * @throws SQLException if it cannot be asked
     */
    static Privileges ofApplication() throws SQLException {
        try (Connection migration = DemeterDataSource.forMigration().getConnection();
                Connection pool = PoolFiller.dataSource().getConnection()) {
            Privileges privileges = of(migration, pool);
            privileges.require();
            return privileges;
        }
    }

    /**
     * The rights of one session's role in what the other's has made.
     *
     * @param migration a session of who owns the tables
     * @param pool a session of the application
     */
    static Privileges of(Connection migration, Connection pool) throws SQLException {
        String schema = migration.getSchema();
        String owner = texts(migration, "SELECT current_user").get(0);
        List<String> missing = new ArrayList<>(texts(pool, NO_SCHEMA, schema));
        missing.addAll(texts(pool, NO_TABLE, schema, owner));
        missing.addAll(texts(pool, NO_SEQUENCE, schema, owner));
        return new Privileges(
                texts(pool, "SELECT current_user").get(0),
                !texts(pool, SUPERUSER).isEmpty(),
                texts(pool, OWNED, schema, owner),
                missing);
    }

    private static List<String> texts(Connection connection, String query, String... parameters)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            List<String> texts = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    texts.add(rows.getString(1));
                }
            }
            return texts;
        }
    }

    /**
     * Returns if requests may be served.
     *
     * @throws Missing if one of them would fail for lack of a right
     */
    void require() {
        if (!missing.isEmpty()) {
            throw new Missing(
                    "The database role "
                            + role
                            + " lacks "
                            + String.join("; ", missing)
                            + ". Nothing is served until it has been granted"
                            + ADVICE);
        }
    }

    /** What the role may do beyond what is needed, each in a line for the log. */
    List<String> warnings() {
        if (superuser) {
            return List.of(
                    "The database role " + role + " is a superuser and may do anything" + ADVICE);
        }
        return owned.isEmpty()
                ? List.of()
                : List.of(
                        "The database role "
                                + role
                                + " owns tables and may drop them: "
                                + String.join(", ", owned)
                                + ADVICE);
    }
}
