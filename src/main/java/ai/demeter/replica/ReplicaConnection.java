package ai.demeter.replica;

import ai.demeter.connection.Refresh;
import ai.demeter.session.Session;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * A connection of the replica's pool. Its validation costs no round trip: {@link ReplicaWatch} asks
 * the replica often enough, and a read that breaks all the same is run again by the primary.
 */
final class ReplicaConnection implements InvocationHandler {
    private final Session session;
    private final ReplicaConnections open;
    private final BooleanSupplier usable;
    private final long slow;

    /**
     * Counts as open from now on.
     *
     * @param usable whether it may still be lent, as far as its age and its server are concerned
     * @param slow how long a statement takes that is logged; zero: none is
     */
    ReplicaConnection(
            Session session, ReplicaConnections open, BooleanSupplier usable, Duration slow) {
        this.session = session;
        this.open = open;
        this.usable = usable;
        this.slow = slow.isZero() ? Long.MAX_VALUE : slow.toNanos();
        open.add(this);
    }

    /** What the container's pool is given. */
    Connection proxy() {
        return (Connection)
                Proxy.newProxyInstance(
                        ReplicaConnection.class.getClassLoader(),
                        new Class<?>[] {Connection.class},
                        this);
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        switch (method.getName()) {
            case "isValid":
                return isValid();
            case "equals":
                return proxy == arguments[0];
            case "hashCode":
                return System.identityHashCode(proxy);
            case "close":
                open.remove(this);
                Refresh.close(session);
                return null;
            case "abort":
                open.remove(this);
                session.abort();
                return null;
            default:
                break;
        }
        return session.call(method, arguments, slow);
    }

    private boolean isValid() {
        Refresh refresh = Refresh.ofThread();
        boolean surplus = refresh != null && refresh.takeSurplus();
        if (!surplus && !isClosed() && usable.getAsBoolean() && session.isQuiet()) {
            return true;
        }
        open.remove(this);
        if (!surplus) {
            session.abort(); // or the pool would wait while it takes leave of it
        }
        return false;
    }

    boolean isClosed() {
        return session.isClosed();
    }

    void abort() {
        session.abort();
    }
}
