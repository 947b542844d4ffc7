package ai.demeter.connection;

import ai.demeter.events.Event;
import ai.demeter.events.EventLog;
import ai.demeter.session.OpeningFailure;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.logging.Logger;

/** Whether the database is lost, or lets nobody in; each change is one line of the log. */
final class Availability {
    private static final Logger LOG = Logger.getLogger(Availability.class.getName());

    private final String database;
    private final LongSupplier clock;
    private volatile boolean lost;
    private volatile String refusal = "";
    private long lostAt;

    /**
     * Neither, until something is found.
     *
     * @param database what the log calls it
     * @param clock nanoseconds, as {@link System#nanoTime}
     */
    Availability(String database, LongSupplier clock) {
        this.database = database;
        this.clock = clock;
    }

    boolean isLost() {
        return lost;
    }

    boolean isRefusing() {
        return !refusal.isEmpty();
    }

    /** How long it has been lost. */
    Duration lostFor() {
        return Duration.ofNanos(clock.getAsLong() - lostAt);
    }

    /** It cannot be reached. */
    void lost(Exception failure) {
        if (!lost) {
            lost = true;
            lostAt = clock.getAsLong();
            String reason = OpeningFailure.describe(failure);
            EventLog.current().record(Event.Kind.DATABASE_LOST, reason);
            LOG.warning(
                    () ->
                            "Database lost: "
                                    + database
                                    + ": "
                                    + reason
                                    + ". Requests are answered 503 until it is back, which needs no restart of this server.");
        }
    }

    /**
     * It answers.
     *
     * @return whether it was lost
     */
    boolean found() {
        if (!lost) {
            return false;
        }
        lost = false;
        Duration away = lostFor();
        EventLog.current().record(Event.Kind.DATABASE_REGAINED, database, away);
        LOG.info(() -> "Database regained after " + away.toMillis() + " ms: " + database);
        return true;
    }

    /** It answers, but not as it was asked to. */
    void refuses(Exception failure) {
        String reason = OpeningFailure.describe(failure);
        if (!reason.equals(refusal)) {
            refusal = reason;
            EventLog.current().record(Event.Kind.CONNECTIONS_REFUSED, reason);
            LOG.warning(
                    () ->
                            "The database answers but refuses new connections: "
                                    + reason
                                    + ". Connections already open keep working; check user, password, limits and pg_hba.conf.");
        }
    }

    /** It lets in. */
    void accepts() {
        if (isRefusing()) {
            refusal = "";
            EventLog.current().record(Event.Kind.CONNECTIONS_ACCEPTED, database);
            LOG.info(() -> "The database takes new connections again: " + database);
        }
    }
}
