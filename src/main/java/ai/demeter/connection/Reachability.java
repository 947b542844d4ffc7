package ai.demeter.connection;

import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Whether the database answers, known at any moment without asking it: a heartbeat outside the pool
 * runs {@code SELECT 1} on a connection of its own every second, and every quarter of a second
 * while the database is lost. Whoever needs a connection while it is lost fails at once instead of
 * waiting for a timeout of his own.
 */
public final class Reachability {
    private static final Logger LOG = Logger.getLogger(Reachability.class.getName());
    private static final Duration BEAT = Duration.ofSeconds(1);
    private static final Duration BEAT_WHILE_LOST = Duration.ofMillis(250);

    /**
     * Connections that must fail to open in a row, quickly, before the database counts as lost;
     * with none that the pool has opened between them.
     */
    private static final int OPENINGS = 4;

    private static final long PAUSE_MILLIS = 50;

    private static final class Current {
        static final Reachability REACHABILITY = new Reachability(Settings.current());

        static {
            Thread thread = new Thread(REACHABILITY::beat, "demeter-heartbeat");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private final Settings settings;
    private final ConnectionFactory opener;
    private final Duration timeout;
    private final Set<PhysicalConnection> open = ConcurrentHashMap.newKeySet();
    private final ConnectionCounts counts = new ConnectionCounts();
    private final Object changed = new Object();

    private volatile boolean lost;
    private final AtomicInteger disruptions = new AtomicInteger();
    private volatile long lastProof = System.nanoTime() - Duration.ofDays(1).toNanos();
    private volatile long distrustBefore = lastProof;
    private volatile long lastOpened = lastProof;
    private long lostAt;
    private boolean wanted;
    private String lastRefusal = "";

    private Reachability(Settings settings) {
        this.settings = settings;
        opener = new ConnectionFactory(settings);
        timeout = settings.seconds(Variable.DB_VALIDATION_TIMEOUT);
    }

    /** The one of this process; the heartbeat starts with the first call. */
    public static Reachability current() {
        return Current.REACHABILITY;
    }

    /** Whether the database is known not to answer. */
    public boolean isLost() {
        return lost;
    }

    /** The pool's physical connections, lent and idle. */
    public int openConnections() {
        for (PhysicalConnection connection : open) {
            if (connection.isClosed()) {
                closed(connection, ConnectionCounts.Closing.BROKEN);
            }
        }
        return open.size();
    }

    /**
     * How often a connection was found dead or the database regained: after each of these, others
     * that are open may be dead too.
     */
    public int disruptions() {
        return disruptions.get();
    }

    void disrupted() {
        disruptions.incrementAndGet();
    }

    /** How many were opened and closed so far. */
    public ConnectionCounts counts() {
        return counts;
    }

    /**
     * Whether the database answers a question put to it after this call: waits for the heartbeat,
     * which is asked to beat at once.
     *
     * @param atMost how long to wait for the answer; none within it means no
     */
    public boolean confirm(Duration atMost) throws InterruptedException {
        long asked = System.nanoTime();
        long until = asked + atMost.toNanos();
        synchronized (changed) {
            wanted = true;
            changed.notifyAll();
            while (lastProof - asked < 0) {
                long millis = Duration.ofNanos(until - System.nanoTime()).toMillis();
                if (millis <= 0) {
                    return false;
                }
                changed.wait(millis);
            }
            return true;
        }
    }

    void opened(PhysicalConnection connection) {
        open.add(connection);
        counts.countOpened();
        lastOpened = System.nanoTime();
    }

    /** Counts each once: a connection found unfit is closed by the pool afterwards. */
    void closed(PhysicalConnection connection, ConnectionCounts.Closing reason) {
        if (open.remove(connection)) {
            counts.countClosed(reason);
        }
    }

    /**
     * A new connection could not be opened: whether the database is lost, the heartbeat tells at
     * once.
     */
    void openingFailed(SQLException failure) {
        if (isConnectivity(failure)) {
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

    boolean isDistrusted(long lastHeard) {
        return lastHeard - distrustBefore < 0;
    }

    private void wake() {
        synchronized (changed) {
            wanted = true;
            changed.notifyAll();
        }
    }

    private void beat() {
        Connection kept = null;
        int failedOpenings = 0;
        long failedSince = 0;
        while (true) {
            boolean fresh = kept == null;
            long asked = System.nanoTime();
            try {
                if (fresh) {
                    kept = opener.forProbe(timeout);
                }
                try (Statement statement = kept.createStatement()) {
                    statement.execute("SELECT 1");
                }
                proven(asked);
            } catch (SQLException | RuntimeException e) {
                closeQuietly(kept);
                kept = null;
                disrupted();
                if (failedOpenings == 0 || lastOpened - failedSince > 0) {
                    failedOpenings = 0; // the pool has opened one meanwhile: it can be reached
                    failedSince = asked;
                }
                failedOpenings += fresh ? 1 : 0;
                // A connection that broke, or one that broke while it was opened, proves nothing
                // yet; waiting out a second timeout would.
                boolean quick = System.nanoTime() - asked < BEAT.toNanos();
                if (!fresh || !lost && quick && failedOpenings < OPENINGS) {
                    pause(failedOpenings * PAUSE_MILLIS);
                    continue;
                }
                failed(e);
            }
            failedOpenings = 0;
            await(lost ? BEAT_WHILE_LOST : BEAT);
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            // Nobody but the end of the process stops the heartbeat.
        }
    }

    private void failed(Exception failure) {
        if (isConnectivity(failure)) {
            lost(failure);
            for (PhysicalConnection connection : open) {
                connection.abortIfLentUncheckedSince(lastProof);
            }
        } else {
            String refusal = refusal(failure);
            if (!refusal.equals(lastRefusal)) {
                lastRefusal = refusal;
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
            LOG.info(() -> "The database takes new connections again: " + settings.database());
        }
        synchronized (changed) {
            lastProof = asked;
            changed.notifyAll();
        }
        found();
    }

    private synchronized void lost(Exception failure) {
        if (!lost) {
            lost = true;
            lostAt = System.nanoTime();
            LOG.log(
                    Level.WARNING,
                    () ->
                            "Database lost: "
                                    + settings.database()
                                    + ": "
                                    + refusal(failure)
                                    + ". Requests are answered 503 until it is back, which needs no restart of this server.");
        }
    }

    private synchronized void found() {
        if (lost) {
            lost = false;
            disrupted();
            long millis = Duration.ofNanos(System.nanoTime() - lostAt).toMillis();
            LOG.info(() -> "Database regained after " + millis + " ms: " + settings.database());
        }
    }

    private void await(Duration beat) {
        synchronized (changed) {
            try {
                if (!wanted) {
                    changed.wait(beat.toMillis());
                }
            } catch (InterruptedException e) {
                // Nobody but the end of the process stops the heartbeat.
            }
            wanted = false;
        }
    }

    /**
     * Whether a failure means that the database cannot be reached or used by anyone, not that it
     * refuses this user: connection exceptions (class 08), shutting down, crashed or starting up
     * (57P01 to 57P03 of PostgreSQL's appendix A), and network failures.
     */
    static boolean isConnectivity(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException) {
                return true;
            }
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                String state = sql.getSQLState();
                if (state.startsWith("08") || state.startsWith("57P0")) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String refusal(Exception failure) {
        String message =
                String.valueOf(failure.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
        return failure instanceof SQLException sql && sql.getSQLState() != null
                ? message + " (" + sql.getSQLState() + ")"
                : message;
    }

    private static void closeQuietly(Connection connection) {
        if (connection != null) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                // It is being given up because it does not work.
            }
        }
    }
}
