package ai.demeter.connection;

import ai.demeter.connection.ConnectionCounts.Closing;
import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * A connection of the pool: pgjdbc's, with a validation that always ends, that costs no round trip
 * where none is needed, and that refuses connections too old or too doubtful to be lent. The
 * container's pool calls it before it lends a connection.
 */
final class PhysicalConnection implements InvocationHandler {
    /**
     * A connection checked less than this ago is lent after a look at its socket only: a server
     * that ended the session, or whose end of the socket was closed, has left its mark there. A
     * silent freeze has not; the heartbeat finds that and aborts what was lent on trust.
     */
    private static final long TRUST = Duration.ofMillis(500).toNanos();

    private static final long NEVER = Long.MAX_VALUE;

    private final Connection delegate;
    private final SocketChannel channel;
    private final ByteBuffer oneByte = ByteBuffer.allocateDirect(1);
    private final Reachability reachability;
    private final Lifetimes lifetimes;
    private final boolean prePing;
    private final int validationMillis;
    private final int socketMillis;
    private final long opened = System.nanoTime();
    private final long softLimit;
    private final long slow;

    private PreparedStatement check;
    private volatile long lastChecked = opened;
    private volatile long lentUnchecked;

    /** Neither server sets autocommit right again after that, so the next one would start wrong. */
    private volatile boolean commitFailed;

    private PhysicalConnection(
            ConnectionFactory.Session session,
            Reachability reachability,
            Lifetimes lifetimes,
            Settings settings) {
        delegate = session.connection();
        channel = session.channel();
        this.reachability = reachability;
        this.lifetimes = lifetimes;
        prePing = settings.flag(Variable.DB_POOL_PRE_PING);
        validationMillis =
                ConnectionFactory.millis(settings.seconds(Variable.DB_VALIDATION_TIMEOUT));
        socketMillis = ConnectionFactory.millis(settings.seconds(Variable.DB_SOCKET_TIMEOUT));
        softLimit = lifetimes.nextSoftLimit();
        int millis = settings.number(Variable.DB_SLOW_STATEMENT);
        slow = millis == 0 ? NEVER : Duration.ofMillis(millis).toNanos();
    }

    static Connection wrap(
            ConnectionFactory.Session session,
            Reachability reachability,
            Lifetimes lifetimes,
            Settings settings) {
        PhysicalConnection connection =
                new PhysicalConnection(session, reachability, lifetimes, settings);
        reachability.opened(connection);
        return (Connection)
                Proxy.newProxyInstance(
                        PhysicalConnection.class.getClassLoader(),
                        new Class<?>[] {Connection.class},
                        connection);
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        switch (method.getName()) {
            case "isValid":
                Closing unfit = unfit();
                if (unfit != null) {
                    if (unfit != Closing.TOO_OLD) {
                        reachability.disrupted();
                        reachability.counts().countValidationFailure();
                    }
                    // Here, as IronJacamar does not close what is closed already.
                    reachability.closed(this, unfit);
                }
                return unfit == null;
            case "equals":
                return proxy == arguments[0];
            case "hashCode":
                return System.identityHashCode(proxy);
            case "close", "abort":
                reachability.closed(this, isClosed() ? Closing.BROKEN : Closing.POOL);
                break;
            default:
                break;
        }
        if (method.getName().equals("commit")) {
            return commit(method);
        }
        try {
            Object result = method.invoke(delegate, arguments);
            return slow != NEVER && result instanceof Statement statement
                    ? TimedStatement.wrap(statement, method.getReturnType(), text(arguments), slow)
                    : result;
        } catch (InvocationTargetException e) {
            if (method.getName().equals("close")) {
                return null; // it is given up either way, and Payara would fail the next borrower
            }
            throw e.getCause();
        }
    }

    private Object commit(Method method) throws Throwable {
        try {
            return TimedStatement.timed(delegate, method, null, "COMMIT", slow);
        } catch (Throwable e) {
            Throwable failure = atCommit(e);
            commitFailed = true;
            CommitFailure.keep(failure);
            throw failure;
        }
    }

    /** What a statement is prepared with. */
    private static String text(Object[] arguments) {
        return arguments != null && arguments[0] instanceof String sql ? sql : null;
    }

    /**
     * A commit that broke off may have been carried out: SQLState 08007, "transaction resolution
     * unknown" (ISO 9075), tells it from every failure after which nothing is stored.
     */
    private static Throwable atCommit(Throwable failure) {
        return Reachability.isConnectivity(failure)
                ? new SQLException(
                        "the connection broke during the commit: its outcome is unknown",
                        "08007",
                        failure)
                : failure;
    }

    /**
     * Why the connection may not be lent, null if it may; returns within {@code
     * DB_VALIDATION_TIMEOUT}.
     */
    private Closing unfit() throws SQLException {
        long now = System.nanoTime();
        if (delegate.isClosed()) {
            return Closing.BROKEN;
        }
        if (commitFailed) {
            return Closing.COMMIT_FAILED;
        }
        if (reachability.isLost()) {
            return Closing.LOST;
        }
        if (lifetimes.retire(now - opened, softLimit, now)) {
            return Closing.TOO_OLD;
        }
        if (reachability.isDistrusted(lastChecked)) {
            return Closing.LOST;
        }
        return !prePing || isSound(now) ? null : Closing.INVALID;
    }

    private boolean isSound(long now) throws SQLException {
        if (now - lastChecked < TRUST) {
            lentUnchecked = now;
            return isQuiet();
        }
        return answers() && !ConnectionFactory.isReadOnly(delegate);
    }

    /**
     * Whether the server has neither sent nor closed anything since its last answer. Anything
     * unasked for is a reason to give the connection up, even a mere notice: that is rare, and
     * reading it here would take it from the driver.
     */
    private boolean isQuiet() {
        try {
            channel.configureBlocking(false);
            try {
                oneByte.clear();
                return channel.read(oneByte) == 0;
            } finally {
                channel.configureBlocking(true);
            }
        } catch (IOException e) {
            return false;
        }
    }

    private boolean answers() throws SQLException {
        long asked = System.nanoTime();
        try {
            // Not Connection.isValid: its query timeout would, on a server that hangs, wait for a
            // cancel
            // request as well.
            delegate.setNetworkTimeout(Runnable::run, validationMillis);
            if (check == null) {
                check = delegate.prepareStatement("");
            }
            check.execute();
            if (!delegate.getAutoCommit()) {
                delegate.rollback(); // the check opened a transaction
            }
            delegate.setNetworkTimeout(Runnable::run, socketMillis);
            lastChecked = asked;
            return true;
        } catch (SQLException e) {
            if (System.nanoTime() - asked >= Duration.ofMillis(validationMillis).toNanos()) {
                reachability.silent(lastChecked);
            }
            return false;
        }
    }

    /**
     * Ends a loan that the validation granted on trust when the last proof of life was already
     * past.
     */
    void abortIfLentUncheckedSince(long lastProof) {
        long lent = lentUnchecked;
        if (lent != 0 && lent - lastProof > 0) {
            try {
                delegate.abort(Runnable::run);
            } catch (SQLException e) {
                // Whoever holds it will find out.
            }
        }
    }

    boolean isClosed() {
        try {
            return delegate.isClosed();
        } catch (SQLException e) {
            return true;
        }
    }
}
