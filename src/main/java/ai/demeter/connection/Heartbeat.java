package ai.demeter.connection;

import ai.demeter.session.OpeningFailure;
import ai.demeter.session.Session;
import ai.demeter.transport.BackgroundThread;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;

/**
 * Whether the database answers, known at any moment without asking it: a thread outside the pool
 * asks on a connection of its own every second, and every quarter of one while the database is
 * lost. Whoever needs a connection while it is lost fails at once instead of waiting for a timeout
 * of his own.
 */
public final class Heartbeat {
    static final Duration BEAT = Duration.ofSeconds(1);
    static final Duration BEAT_WHILE_LOST = Duration.ofMillis(250);

    /**
     * Connections that must fail to open in a row, quickly, before the database counts as lost;
     * with none that the pool has opened between them.
     */
    static final int OPENINGS = 4;

    private static final Duration PAUSE = Duration.ofMillis(50);

    private final Availability availability;
    private final Callable<Session> opening;
    private final OpenConnections open;
    private final Duration patience;
    private final LongSupplier clock;
    private final Object changed = new Object();

    private volatile boolean answered;
    private volatile long lastProof;
    private volatile long distrustBefore;
    private boolean wanted;

    // Of the thread that beats.
    private Session session;
    private int failedOpenings;
    private long failedSince;

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
        availability = new Availability(database, clock);
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
        return availability.isLost();
    }

    /** Whether the database answers but lets no new connection in. */
    public boolean isRefusing() {
        return availability.isRefusing();
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
        wake();
        synchronized (changed) {
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

    /** The pool could not open a connection: whether the database is lost, it tells at once. */
    void openingFailed(SQLException failure) {
        if (OpeningFailure.isConnectivity(failure)) {
            wake();
        }
    }

    /**
     * A connection did not answer its validation in time: those not heard from since are not worth
     * a timeout each, so they are replaced instead.
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
        if (failedOpenings > 0) { // nobody may wake it: openings that follow at once prove nothing
            BackgroundThread.pause(pause.toMillis());
            return;
        }
        synchronized (changed) {
            try {
                if (!wanted && !pause.isZero()) {
                    changed.wait(pause.toMillis());
                }
            } catch (InterruptedException e) {
                // Nobody but the end of the process stops the heartbeat.
            }
            wanted = false;
        }
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
            session.ask();
            open.confirmation().look(session.connection());
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
            if (!isLost() && quick && failedOpenings < OPENINGS) {
                return PAUSE.multipliedBy(failedOpenings);
            }
            long heard = Math.max(lastProof, open.lastOpened());
            failed(e, heard - failedSince > 0 && now - heard < BEAT.toNanos());
        }
        failedOpenings = 0;
        return isLost() ? BEAT_WHILE_LOST : BEAT;
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
     * @param heardFrom whether the pool has had answers meanwhile and just now, be it to a login
     */
    private void failed(Exception failure, boolean heardFrom) {
        if (OpeningFailure.isConnectivity(failure) && !heardFrom) {
            availability.lost(failure);
            open.abortLentUncheckedSince(lastProof);
            if (availability.lostFor().compareTo(patience) >= 0) {
                open.abortUnbounded();
            }
        } else {
            availability.refuses(failure);
            found();
        }
    }

    private void proven(long asked) {
        availability.accepts();
        heard(asked);
        found();
    }

    private void found() {
        if (availability.found()) {
            open.disrupted();
        }
    }

    /** The database has answered what it was asked then, be it by a connection of the pool. */
    void heard(long asked) {
        synchronized (changed) {
            answered = true;
            if (asked - lastProof > 0) {
                lastProof = asked;
                changed.notifyAll();
            }
        }
    }
}
