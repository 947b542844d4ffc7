package ai.demeter.connection;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import javax.sql.DataSource;

/**
 * A pool that does what those of both servers do: lends the connection returned last, validates it
 * before, drops an unfit one and goes on to the next, and opens one on the borrower's thread when
 * none is idle. What it draws from is ours, down to pgjdbc and a {@link ScriptedPostgres}.
 */
public final class LifoPool implements AutoCloseable {
    private static final int WAIT_SECONDS = 5;

    private final ScriptedPostgres server = new ScriptedPostgres();
    private final CompositionRoot parts;
    private final DataSource source;
    private final Semaphore free;
    private final int maximum;
    private final Deque<Connection> idle = new ArrayDeque<>();
    private final AtomicInteger mostLent = new AtomicInteger();
    private final AtomicInteger waited = new AtomicInteger();

    /**
     * An empty one.
     *
     * @param maximum connections it may hold
     * @param variables names and values of the environment
     */
    public LifoPool(int maximum, LongSupplier clock, String... variables) throws IOException {
        this.maximum = maximum;
        parts = Parts.before(server, clock, variables);
        source = Parts.pool(parts);
        free = new Semaphore(maximum);
    }

    public OpenConnections open() {
        return parts.openConnections();
    }

    public int lent() {
        return maximum - free.availablePermits();
    }

    /** The most that were lent at once. */
    public int mostLent() {
        return mostLent.get();
    }

    /** How many borrowers found all lent, and waited. */
    public int waited() {
        return waited.get();
    }

    public void loginTakes(Duration time) {
        server.loginTakes(time);
    }

    /** Whether the database reads and does not answer. */
    public void silent(boolean now) {
        server.silent(now);
    }

    /** Ends every session that is asked whether it lives, from now on. */
    public void endsWhoIsAsked() {
        server.fails("", null);
    }

    /** Refuses each login with this SQLState; null: none. */
    public void refuses(String sqlState) {
        server.refuses(sqlState);
    }

    /** Closes every connection from the database's end. */
    public void cut() throws IOException {
        server.cut();
    }

    /** Closes as many connections from the database's end. */
    public void cut(int sessions) throws IOException {
        int left = sessions;
        for (ScriptedSession session : server.sessions) {
            if (left-- > 0) {
                session.close();
            }
        }
    }

    /** How many checks asked the database. */
    public long questions() {
        return server.executed().stream().filter(String::isEmpty).count();
    }

    /** As the container's; only {@code getConnection} can be called. */
    public DataSource dataSource() {
        return (DataSource)
                Proxy.newProxyInstance(
                        LifoPool.class.getClassLoader(),
                        new Class<?>[] {DataSource.class},
                        (proxy, method, arguments) -> borrow());
    }

    private Connection borrow() throws SQLException, InterruptedException {
        if (!free.tryAcquire()) {
            waited.incrementAndGet();
            if (!free.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw new SQLTransientConnectionException("IJ000655: none became free");
            }
        }
        mostLent.accumulateAndGet(lent(), Math::max);
        try {
            return lent(idleOrNew());
        } catch (SQLException | RuntimeException e) {
            free.release();
            throw e;
        }
    }

    private Connection idleOrNew() throws SQLException {
        while (true) {
            Connection next;
            synchronized (idle) {
                next = idle.pollLast();
            }
            if (next == null) {
                return source.getConnection();
            }
            if (next.isValid(0)) {
                return next;
            }
            next.close();
        }
    }

    private Connection lent(Connection physical) {
        return (Connection)
                Proxy.newProxyInstance(
                        LifoPool.class.getClassLoader(),
                        new Class<?>[] {Connection.class},
                        (proxy, method, arguments) -> {
                            if (!method.getName().equals("close")) {
                                return method.invoke(physical, arguments);
                            }
                            synchronized (idle) {
                                idle.addLast(physical);
                            }
                            free.release();
                            return null;
                        });
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
