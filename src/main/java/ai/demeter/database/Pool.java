package ai.demeter.database;

import ai.demeter.connection.Reachability;
import ai.demeter.connection.Settings;
import ai.demeter.connection.Variable;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;

/**
 * The container's pool, kept at {@code DB_POOL_SIZE} open connections: at the start, after the
 * database was lost, and while connections grow old.
 *
 * <p>Both containers open connections on demand only, and neither replaces an old one before
 * somebody needs it. Borrowing as many as should be open, and giving them back, makes them do both
 * ahead of demand.
 */
@ApplicationScoped
public class Pool {
    private static final Logger LOG = Logger.getLogger(Pool.class.getName());

    /** The name under which both servers know the pool. */
    static final String JNDI_NAME = "jdbc/demeter";

    private static final Duration CHECK = Duration.ofMillis(500);

    /** One in so many connections is left to others while the idle ones are checked. */
    private static final int RESERVE = 4;

    @Resource private ManagedScheduledExecutorService executor;

    @Inject private Turns turns;

    private final Settings settings = Settings.current();
    private final int size = settings.number(Variable.DB_POOL_SIZE);
    private final long refreshNanos =
            Math.max(CHECK.toNanos(), settings.seconds(Variable.DB_POOL_RECYCLE).toNanos() / 20);
    private long refreshed = System.nanoTime();
    private int disruptionsSeen;
    private volatile ScheduledFuture<?> checks;

    /** The data source of the container. */
    static DataSource dataSource() {
        try {
            return InitialContext.doLookup(JNDI_NAME);
        } catch (NamingException e) {
            throw new IllegalStateException(
                    "the server has no data source " + JNDI_NAME + "; see server-config/", e);
        }
    }

    /**
     * Borrows {@code DB_POOL_SIZE} connections at once, so that as many are open and have been
     * checked, and returns them; fewer if others need them.
     *
     * @throws SQLException if one of them cannot be opened
     */
    void fill() throws SQLException {
        borrow(size);
    }

    /**
     * Has most of the idle ones checked, so that those too old are replaced. Not all of them: who
     * comes meanwhile would find none idle, and the pool would grow by another one each time.
     */
    private void refresh() throws SQLException {
        borrow(size - size / RESERVE);
    }

    /** Borrows until as many are lent, others' included, and returns them. */
    private void borrow(int most) throws SQLException {
        Deque<Connection> held = new ArrayDeque<>();
        int turnsTaken = 0;
        try {
            DataSource pool = dataSource();
            while (turns.taken() < most && turns.tryTake()) {
                turnsTaken++;
                held.add(pool.getConnection());
            }
        } finally {
            for (Connection connection : held) {
                connection.close();
            }
            for (; turnsTaken > 0; turnsTaken--) {
                turns.release();
            }
        }
        refreshed = System.nanoTime();
    }

    /** Looks after the pool until the application stops. */
    void keepFilled() {
        checks =
                executor.scheduleWithFixedDelay(
                        this::check, CHECK.toMillis(), CHECK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Leaves the pool as it is from now on. */
    @PreDestroy
    void stop() {
        if (checks != null) {
            checks.cancel(false);
        }
    }

    private void check() {
        // Counted before the fill, so that what it finds dead makes it run once more.
        int disruptions = Reachability.current().disruptions();
        boolean incomplete =
                Reachability.current().openConnections() < size || disruptions != disruptionsSeen;
        if (Reachability.current().isLost()) {
            return;
        }
        try {
            if (incomplete) {
                fill();
                disruptionsSeen = disruptions;
            } else if (System.nanoTime() - refreshed > refreshNanos) {
                refresh();
            }
        } catch (SQLException | RuntimeException e) {
            LOG.fine(() -> "The pool is not full yet: " + e.getMessage());
        }
    }
}
