package ai.demeter.connection;

import ai.demeter.connection.ConnectionFactory.Session;
import ai.demeter.events.Event;
import ai.demeter.events.EventLog;
import ai.demeter.transport.BackgroundThread;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Whether the database answers, known at any moment without asking it: a thread outside the pool
 * runs {@code SELECT 1} on a connection of its own every second, and every quarter of a second
 * while the database is lost. Whoever needs a connection while it is lost fails at once instead of
 * waiting for a timeout of his own.
 */
public final class Heartbeat {
    private static final Logger LOG = Logger.getLogger(Heartbeat.class.getName());
    static final Duration BEAT = Duration.ofSeconds(1);
    static final Duration BEAT_WHILE_LOST = Duration.ofMillis(250);

    /**
     * Connections that must fail to open in a row, quickly, before the database counts as lost;
     * with none that the pool has opened between them.
     */
    static final int OPENINGS = 4;

    private static final Duration PAUSE = Duration.ofMillis(50);

    private final String database;
    private final Callable<Session> opening;
    private final OpenConnections open;
    private final Duration patience;
    private final LongSupplier clock;
    private final Object changed = new Object();

    private volatile boolean lost;
    private volatile boolean refusing;
    private volatile boolean answered;
    private volatile long lastProof;
    private volatile long distrustBefore;
    private long lostAt;
    private boolean wanted;

    // Of the thread that beats.
    private Session session;
    private int failedOpenings;
    private long failedSince;
    private String lastRefusal = "";

    /**
     * Does not beat yet.
     *
     * @param database what the log calls it
     * @param opening how a session is opened that bounds every wait of its own
     * @param open the pool's connections, which are told what is found
     * @param patience how long the database may be lost until sessions without a limit are ended
     * @param clock nanoseconds, as {@link System#nanoTime}
     */
    Heartbeat(
            String database,
            Callable<Session> opening,
            OpenConnections open,
            Duration patience,
            LongSupplier clock) {
        this.database = database;
        this.opening = opening;
        this.open = open;
        this.patience = patience;
        this.clock = clock;
        lastProof = clock.getAsLong() - Duration.ofDays(1).toNanos();
        distrustBefore = lastProof;
    }

    /** Beats from now on, until the end of the process. */
    void start() {
        BackgroundThread.start("demeter-heartbeat", this::turn);
    }

    /** Whether the database is known not to answer. */
    public boolean isLost() {
        return lost;
    }

    /** Whether the database answers but lets no new connection in. */
    public boolean isRefusing() {
        return refusing;
    }

    /** How long ago the last question was asked that the database has answered; empty if never. */
    public Optional<Duration> sinceLastAnswer() {
        return answered
                ? Optional.of(Duration.ofNanos(clock.getAsLong() - lastProof))
                : Optional.empty();
    }

    /**
     * Whether the database answers a question put to it after this call: waits for the heartbeat,
     * which is asked to beat at once.
     *
     * @param atMost how long to wait for the answer; none within it means no
     */
    public boolean confirm(Duration atMost) throws InterruptedException {
        long asked = clock.getAsLong();
        long until = asked + atMost.toNanos();
        synchronized (changed) {
            wanted = true;
            changed.notifyAll();
            while (lastProof - asked < 0) {
                long millis = Duration.ofNanos(until - clock.getAsLong()).toMillis();
                if (millis <= 0) {
                    return false;
                }
                changed.wait(millis);
            }
            return true;
        }
    }

    /**
     * The pool could not open a connection: whether the database is lost, the heartbeat tells at
     * once.
     */
    void openingFailed(SQLException failure) {
        if (OpeningFailure.isConnectivity(failure)) {
            wake();
        }
    }

    /**
     * A connection did not answer its validation in time: those not heard from since are not worth
     * a timeout each, so they are replaced instead.
     *
     * @param since when it was last heard from
     */
    void silent(long since) {
        distrustBefore = Math.max(distrustBefore, since + 1);
        wake();
    }

    /** Whether another connection fell silent that was heard from as late as this one. */
    boolean isDistrusted(long lastHeard) {
        return lastHeard - distrustBefore < 0;
    }

    private void wake() {
        synchronized (changed) {
            wanted = true;
            changed.notifyAll();
        }
    }

    private void turn() {
        Duration pause = beat();
        await(pause, failedOpenings == 0);
    }

    /**
     * Asks the database once.
     *
     * @return how long to wait before it is asked again
     */
    Duration beat() {
        boolean fresh = session == null;
        long asked = clock.getAsLong();
        try {
            if (fresh) {
                session = opening.call();
            }
            try (Statement statement = session.connection().createStatement()) {
                statement.execute("SELECT 1");
            }
            proven(asked);
        } catch (Exception e) {
            giveUp();
            open.disrupted();
            // A connection that broke, or one that broke while it was opened, proves nothing yet;
            // waiting out a second timeout would.
            if (!fresh) {
                return Duration.ZERO;
            }
            if (failedOpenings == 0 || open.lastOpened() - failedSince > 0) {
                failedOpenings = 0; // the pool has opened one meanwhile: it can be reached
                failedSince = asked;
            }
            failedOpenings++;
            long now = clock.getAsLong();
            boolean quick = now - asked < BEAT.toNanos();
            if (!lost && quick && failedOpenings < OPENINGS) {
                return PAUSE.multipliedBy(failedOpenings);
            }
            failed(e, lastProof - failedSince > 0 && now - lastProof < BEAT.toNanos());
        }
        failedOpenings = 0;
        return lost ? BEAT_WHILE_LOST : BEAT;
    }

    private void giveUp() {
        if (session != null) {
            session.abort();
            session = null;
        }
    }

    /**
     * The database is lost, unless what failed is only the way to a new connection.
     *
     * @param heardFrom whether connections of the pool have had answers meanwhile and just now
     */
    private void failed(Exception failure, boolean heardFrom) {
        if (OpeningFailure.isConnectivity(failure) && !heardFrom) {
            lost(failure);
            open.abortLentUncheckedSince(lastProof);
            if (clock.getAsLong() - lostAt >= patience.toNanos()) {
                open.abortUnbounded();
            }
        } else {
            String refusal = OpeningFailure.describe(failure);
            if (!refusal.equals(lastRefusal)) {
                lastRefusal = refusal;
                refusing = true;
                EventLog.current().record(Event.Kind.CONNECTIONS_REFUSED, refusal);
                LOG.warning(
                        () ->
                                "The database answers but refuses new connections: "
                                        + refusal
                                        + ". Connections already open keep working; check user, password, limits and pg_hba.conf.");
            }
            found();
        }
    }

    private void proven(long asked) {
        if (!lastRefusal.isEmpty()) {
            lastRefusal = "";
            refusing = false;
            EventLog.current().record(Event.Kind.CONNECTIONS_ACCEPTED, database);
            LOG.info(() -> "The database takes new connections again: " + database);
        }
        heard(asked);
        found();
    }

    /**
     * The database has answered, be it the heartbeat or a connection of the pool.
     *
     * @param asked when it was asked
     */
    void heard(long asked) {
        synchronized (changed) {
            answered = true;
            if (asked - lastProof > 0) {
                lastProof = asked;
                changed.notifyAll();
            }
        }
    }

    private void lost(Exception failure) {
        if (!lost) {
            lost = true;
            lostAt = clock.getAsLong();
            EventLog.current().record(Event.Kind.DATABASE_LOST, OpeningFailure.describe(failure));
            LOG.log(
                    Level.WARNING,
                    () ->
                            "Database lost: "
                                    + database
                                    + ": "
                                    + OpeningFailure.describe(failure)
                                    + ". Requests are answered 503 until it is back, which needs no restart of this server.");
        }
    }

    private void found() {
        if (lost) {
            lost = false;
            open.disrupted();
            Duration away = Duration.ofNanos(clock.getAsLong() - lostAt);
            EventLog.current().record(Event.Kind.DATABASE_REGAINED, database, away);
            LOG.info(() -> "Database regained after " + away.toMillis() + " ms: " + database);
        }
    }

    /**
     * Waits for the next beat.
     *
     * @param wakeable whether whoever wants to know may have it beat before
     */
    private void await(Duration pause, boolean wakeable) {
        try {
            if (!wakeable) {
                BackgroundThread.pause(pause.toMillis());
                return;
            }
            synchronized (changed) {
                if (!wanted && !pause.isZero()) {
                    changed.wait(pause.toMillis());
                }
                wanted = false;
            }
        } catch (InterruptedException e) {
            // Nobody but the end of the process stops the heartbeat.
        }
    }
}
