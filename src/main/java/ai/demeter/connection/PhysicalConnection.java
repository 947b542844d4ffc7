package ai.demeter.connection;

import ai.demeter.connection.OpenConnections.Closing;
import ai.demeter.session.Session;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * A connection of the pool: pgjdbc's, with a validation of its own, which the container's pool
 * calls before it lends the connection, and with an eye on its commits.
 */
final class PhysicalConnection implements InvocationHandler {
    private static final long NEVER = Long.MAX_VALUE;

    private final Session session;
    private final Connection delegate;
    private final Validation validation;
    private final OpenConnections open;
    private final long slow;

    /**
     * Counts as open from now on.
     *
     * @param slow how long a statement takes that is logged; zero: none is
     */
    PhysicalConnection(
            Session session, Validation validation, OpenConnections open, Duration slow) {
        this.session = session;
        delegate = session.connection();
        this.validation = validation;
        this.open = open;
        this.slow = slow.isZero() ? NEVER : slow.toNanos();
        open.add(this);
    }

    /** What the container's pool is given. */
    Connection proxy() {
        return (Connection)
                Proxy.newProxyInstance(
                        PhysicalConnection.class.getClassLoader(),
                        new Class<?>[] {Connection.class},
                        this);
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        switch (method.getName()) {
            case "isValid":
                Closing unfit = validation.unfit();
                if (unfit != null) {
                    // Here, as IronJacamar does not close what is closed already.
                    open.unfit(this, unfit);
                    if (unfit.isDead()) {
                        session.abort(); // or the pool would wait while it takes leave of it
                    }
                } else {
                    Refresh.putOff(this::ask);
                }
                return unfit == null;
            case "equals":
                return proxy == arguments[0];
            case "hashCode":
                return System.identityHashCode(proxy);
            case "commit":
                return commit();
            case "close":
                gone();
                // Given up either way, and Payara would fail the next borrower.
                Refresh.close(session);
                return null;
            case "abort":
                gone();
                session.abort();
                return null;
            default:
                break;
        }
        return session.call(method, arguments, slow);
    }

    /** Asks whether it lives; one that does not is dropped as soon as it is to be lent. */
    private void ask() {
        if (!validation.isAlive()) {
            open.unfit(this, Closing.INVALID);
            session.abort();
        }
    }

    private void gone() {
        open.remove(this, isClosed() ? Closing.BROKEN : Closing.POOL);
    }

    private Object commit() throws SQLException {
        open.confirmation().begins(this);
        boolean answered = false;
        try {
            Commit.of(delegate, slow);
            answered = true;
            return null;
        } catch (SQLException e) {
            validation.commitFailed();
            answered = !isClosed(); // pgjdbc closes what got no answer
            throw e;
        } finally {
            open.confirmation().ends(this, !answered);
        }
    }

    /**
     * Ends a loan that the validation granted on trust when the last proof of life was already
     * past; whoever holds it finds out.
     */
    void abortIfLentUncheckedSince(long lastProof) {
        if (validation.lentUncheckedSince(lastProof)) {
            session.abort();
        }
    }

    OpenConnections.Age age() {
        return validation.age();
    }

    /** As the server reported it when the connection was opened; null if it did not. */
    String serverVersion() {
        try {
            return delegate.getMetaData().getDatabaseProductVersion();
        } catch (SQLException e) {
            return null;
        }
    }

    /** Whether it is with another server than this session. */
    boolean isToFormerOf(Session newer) {
        if (session.backend().pooled()) {
            return false; // of that the pooler takes care
        }
        return newer.timeline() == 0
                ? !session.host().equals(newer.host())
                : session.timeline() < newer.timeline();
    }

    void abort() {
        session.abort();
    }

    boolean isPooled() {
        return session.backend().pooled();
    }

    boolean isEncrypted() {
        return session.encrypted();
    }

    boolean isClosed() {
        return session.isClosed();
    }
}
