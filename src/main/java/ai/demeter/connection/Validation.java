package ai.demeter.connection;

import ai.demeter.connection.OpenConnections.Closing;
import ai.demeter.session.Backend;
import ai.demeter.session.Session;
import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether one connection may be lent: a check that always ends, that costs no round trip where none
 * is needed, and that refuses connections too old or too doubtful.
 */
final class Validation {
    /**
     * A connection checked less than this ago is lent after a look at its socket only: a server
     * that ended the session, or whose end of the socket was closed, has left its mark there. A
     * silent freeze has not; the heartbeat finds that and aborts what was lent on trust.
     */
    static final Duration TRUST = Duration.ofMillis(500);

    /**
     * The same behind a pooler, which closes a session whose server is gone, and whose servers are
     * for work: while all of them are at it, a check would wait for one.
     */
    static final Duration TRUST_IN_POOLER = Duration.ofSeconds(30);

    private final Session session;
    private final Connection connection;
    private final Heartbeat heartbeat;
    private final Lifetimes lifetimes;
    private final LongSupplier clock;
    private final boolean prePing;
    private final Duration timeout;
    private final Duration socketTimeout;
    private final long opened;
    private final long softLimit;
    private final long trust;

    private PreparedStatement check;
    private volatile long lastChecked;
    private volatile long lentUnchecked;
    private volatile boolean commitFailed;

    /**
     * For a connection that was opened just now.
     *
     * @param clock nanoseconds, as {@link System#nanoTime}
     */
    Validation(
            Session session,
            Heartbeat heartbeat,
            Lifetimes lifetimes,
            Settings settings,
            LongSupplier clock) {
        this.session = session;
        connection = session.connection();
        this.heartbeat = heartbeat;
        this.lifetimes = lifetimes;
        this.clock = clock;
        prePing = settings.flag(Variable.DB_POOL_PRE_PING);
        timeout = settings.seconds(Variable.DB_VALIDATION_TIMEOUT);
        socketTimeout = settings.seconds(Variable.DB_SOCKET_TIMEOUT);
        softLimit = lifetimes.nextSoftLimit();
        trust = (session.backend().pooled() ? TRUST_IN_POOLER : TRUST).toNanos();
        opened = clock.getAsLong();
        lastChecked = opened;
    }

    /** Neither server sets autocommit right again after that, so the next one would start wrong. */
    void commitFailed() {
        commitFailed = true;
    }

    /**
     * Why the connection may not be lent, null if it may.
     *
     * <p>Returns within {@code DB_VALIDATION_TIMEOUT}.
     */
    Closing unfit() throws SQLException {
        long now = clock.getAsLong();
        if (connection.isClosed()) {
            return Closing.BROKEN;
        }
        if (commitFailed) {
            return Closing.COMMIT_FAILED;
        }
        if (heartbeat.isLost()) {
            return Closing.LOST;
        }
        if (lifetimes.retire(now - opened, softLimit, now)) {
            return Closing.TOO_OLD;
        }
        if (heartbeat.isDistrusted(lastChecked)) {
            return Closing.LOST;
        }
        Refresh refresh = Refresh.ofThread();
        if (refresh != null && refresh.takeSurplus()) {
            return Closing.SURPLUS;
        }
        return !prePing || isSound(now, refresh) ? null : Closing.INVALID;
    }

    /** How old the connection is, and how old it is to be replaced. */
    OpenConnections.Age age() {
        return new OpenConnections.Age(
                Duration.ofNanos(clock.getAsLong() - opened), Duration.ofNanos(softLimit));
    }

    /** Whether it was lent on trust when the last proof of life was already past. */
    boolean lentUncheckedSince(long lastProof) {
        long lent = lentUnchecked;
        return lent != 0 && lent - lastProof > 0;
    }

    private boolean isSound(long now, Refresh refresh) throws SQLException {
        if (refresh != null && !refresh.mayAsk(lastChecked)) {
            return session.isQuiet(); // not lent to anyone
        }
        if (now - lastChecked < trust) {
            lentUnchecked = now;
            return session.isQuiet();
        }
        return isAlive();
    }

    /**
     * Whether the server answers, and takes writes; returns within {@code DB_VALIDATION_TIMEOUT}.
     */
    boolean isAlive() {
        try {
            return answers() && !Backend.isReadOnly(connection);
        } catch (SQLException e) {
            return false;
        }
    }

    private boolean answers() throws SQLException {
        long asked = clock.getAsLong();
        try {
            // Not Connection.isValid: its query timeout would, on a server that hangs, wait for a
            // cancel request as well.
            connection.setNetworkTimeout(Runnable::run, ConnectionFactory.millis(timeout));
            if (check == null) {
                check = connection.prepareStatement("");
            }
            check.execute();
            if (!connection.getAutoCommit()) {
                connection.rollback(); // what one borrower left open is not the next one's
            }
            connection.setNetworkTimeout(Runnable::run, ConnectionFactory.millis(socketTimeout));
            lastChecked = asked;
            heartbeat.heard(asked);
            return true;
        } catch (SQLException e) {
            if (clock.getAsLong() - asked >= timeout.toNanos()) {
                heartbeat.silent(lastChecked);
            }
            return false;
        }
    }
}
