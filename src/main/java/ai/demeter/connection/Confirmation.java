package ai.demeter.connection;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.logging.Logger;

/**
 * Whether commits are confirmed: with a synchronous standby that is away each waits for it, for as
 * long as {@code DB_SOCKET_TIMEOUT} here, and in PostgreSQL until the standby returns, whether or
 * not anybody still waits for the answer.
 *
 * <p>A session left waiting so is one of the pool's in all but name: while there are any, as many
 * fewer connections are opened, or the sessions would add up to the last that PostgreSQL allows.
 */
public final class Confirmation {
    private static final Logger LOG = Logger.getLogger(Confirmation.class.getName());

    /** Longer than a healthy standby takes. */
    private static final Duration LONG = Duration.ofSeconds(1);

    private static final String WAITING =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    + " AND application_name = 'demeter' AND wait_event = 'SyncRep'"
                    + " AND query_start < clock_timestamp() - interval '1 s'";

    private final LongSupplier clock;
    private final Map<Object, Long> underWay = new ConcurrentHashMap<>();
    private int left;
    private boolean missing;
    private long since;

    /**
     * With nothing under way.
     *
     * @param clock nanoseconds, as {@link System#nanoTime}
     */
    Confirmation(LongSupplier clock) {
        this.clock = clock;
    }

    /** A connection commits from now on. */
    void begins(Object connection) {
        underWay.put(connection, clock.getAsLong());
    }

    /** Whether the connection commits at the moment, be it closed meanwhile. */
    boolean isUnderWay(Object connection) {
        return underWay.containsKey(connection);
    }

    /**
     * It does so no more.
     *
     * @param unanswered whether it was given up, so that its session may wait on
     */
    void ends(Object connection, boolean unanswered) {
        if (unanswered) {
            synchronized (this) {
                left++; // first, so that it is missing from no count between the two
            }
        }
        underWay.remove(connection);
    }

    /** For how long commits have waited for a standby; empty if they do not. */
    public synchronized Optional<Duration> missing() {
        return missing
                ? Optional.of(Duration.ofNanos(clock.getAsLong() - since))
                : Optional.empty();
    }

    /** How many sessions were left waiting. */
    synchronized int left() {
        return missing ? left : 0;
    }

    /** Finds out, by a session of somebody else's, if there is reason to ask. */
    void look(Connection connection) throws SQLException {
        long now = clock.getAsLong();
        boolean slow = underWay.values().stream().anyMatch(began -> now - began > LONG.toNanos());
        synchronized (this) {
            if (!slow && left == 0 && !missing) {
                return;
            }
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(WAITING)) {
            row.next();
            found(row.getInt(1));
        }
    }

    /** So many sessions wait for a standby. */
    synchronized void found(int waiting) {
        left = Math.min(left, waiting);
        if (waiting > 0 && !missing) {
            missing = true;
            since = clock.getAsLong();
            LOG.warning(
                    "Commits are not confirmed: they wait for a synchronous standby that does not answer. Writes are"
                            + " answered when it is back, or synchronous_standby_names names another; look after it.");
        } else if (waiting == 0 && missing) {
            missing = false;
            long millis = Duration.ofNanos(clock.getAsLong() - since).toMillis();
            LOG.info(() -> "Commits are confirmed again, after " + millis + " ms");
        }
    }
}
