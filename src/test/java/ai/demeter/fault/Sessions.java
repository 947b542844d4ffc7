package ai.demeter.fault;

import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import ai.demeter.run.Until;
import java.sql.SQLException;

/** What PostgreSQL itself says of the pool's sessions. */
final class Sessions {
    private Sessions() {}

    static final String POOL = "FROM pg_stat_activity WHERE application_name = 'demeter'";

    /** How many the pool has open. */
    static int open(Postgres postgres) throws SQLException {
        return (int) Sql.number(postgres, "SELECT count(*) " + POOL);
    }

    /** Ends those that nobody uses at the moment; how many they were. */
    static int killIdle(Postgres postgres) throws SQLException {
        return (int)
                Sql.number(
                        postgres,
                        "SELECT count(pg_terminate_backend(pid)) " + POOL + " AND state = 'idle'");
    }

    /** Waits until as many of them wait for a lock, and perhaps one that was not asked for here. */
    static void awaitLocked(Postgres postgres, int sessions) throws Exception {
        Until.holds(
                sessions + " requests wait for the lock",
                () ->
                        Sql.number(
                                        postgres,
                                        "SELECT count(*) " + POOL + " AND wait_event_type = 'Lock'")
                                >= sessions);
    }
}
