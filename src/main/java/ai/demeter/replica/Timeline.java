package ai.demeter.replica;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Which write-ahead log a position is in: each promotion begins a new timeline, and what the former
 * primary wrote after it is in no other log, though its positions look alike ("Timelines" in the
 * documentation of PostgreSQL).
 *
 * @param system the identifier that a database cluster and its copies share
 * @param number of the timeline
 */
record Timeline(String system, long number) {
    private static final String SYSTEM =
            "(SELECT system_identifier::text FROM pg_control_system())";

    /** In SQL, two columns: of a server that takes writes, by the name of the file it writes to. */
    static final String OF_PRIMARY =
            SYSTEM + ", ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint";

    /**
     * In SQL, two columns: of a server that follows another, the newest of what it knows. Who may
     * not see what it receives (a member of {@code pg_read_all_stats} may) learns of a new timeline
     * from its next restart point.
     */
    static final String OF_REPLICA =
            SYSTEM
                    + ", (SELECT greatest(checkpoint.timeline_id, recovery.min_recovery_end_timeline,"
                    + " (SELECT received_tli FROM pg_stat_wal_receiver))"
                    + " FROM pg_control_checkpoint() checkpoint, pg_control_recovery() recovery)";

    /** What a row with these two columns first says. */
    static Timeline of(ResultSet row) throws SQLException {
        return new Timeline(row.getString(1), row.getLong(2));
    }

    /** Whether a newer one is known; 0: none is. */
    boolean isBefore(long newest) {
        return number < newest;
    }

    /** Why a replica on this one has not what is in the primary's, in words; empty if it has. */
    Optional<String> differenceFrom(Timeline primary) {
        if (!system.equals(primary.system)) {
            return Optional.of("it is no copy of the database that DATABASE_URL names");
        }
        return number == primary.number
                ? Optional.empty()
                : Optional.of(
                        "it is on timeline %d and the primary on %d; after a failover a replica that"
                                        .formatted(number, primary.number)
                                + " follows the new primary shows it within its checkpoint_timeout,"
                                + " and one that does not has to be made to");
    }
}
