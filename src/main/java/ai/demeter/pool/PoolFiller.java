package ai.demeter.pool;

import ai.demeter.connection.CompositionRoot;
import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
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
public class PoolFiller {
    private static final Logger LOG = Logger.getLogger(PoolFiller.class.getName());

    /** The name under which both servers know the pool. */
    static final String JNDI_NAME = "jdbc/demeter";

    private static final Duration CHECK = Duration.ofMillis(500);
    private static final Duration ALONE_WITHIN = Duration.ofMillis(20);

    @Resource private ManagedScheduledExecutorService executor;

    @Inject private Bulkhead turns;

    private final PoolStatistics figures = PoolStatistics.ofThisServer();
    private final Settings settings = Settings.current();
    private final int size = settings.number(Variable.DB_POOL_SIZE);
    private final long refreshNanos =
            Math.max(CHECK.toNanos(), settings.seconds(Variable.DB_POOL_RECYCLE).toNanos() / 20);
    private long filled = System.nanoTime();
    private int disruptionsSeen;
    private volatile ScheduledFuture<?> checks;

    /** The data source of the container. */
    public static DataSource dataSource() {
        try {
            return InitialContext.doLookup(JNDI_NAME);
        } catch (NamingException e) {
            throw new IllegalStateException(
                    "the server has no data source " + JNDI_NAME + "; see server-config/", e);
        }
    }

    /**
     * Has {@code DB_POOL_SIZE} connections open, and all that are open checked: borrows them at
     * once and returns them.
     *
     * <p>Alone, if possible: whoever came meanwhile would find none idle and open one more, on
     * Payara as many as are missing at that moment. He waits for these few milliseconds instead.
     *
     * @param besideOthers whether it is worth doing while others have connections
     * @return whether it was done alone, so that all are checked
     * @throws SQLException if a connection cannot be opened
     */
    public boolean fill(boolean besideOthers) throws SQLException, InterruptedException {
        if (turns.takeAll(ALONE_WITHIN)) {
            try {
                borrow(held -> held < Math.max(size, open()));
            } finally {
                turns.releaseAll();
            }
            filled = System.nanoTime();
            return true;
        }
        if (besideOthers) {
            AtomicInteger mine = new AtomicInteger();
            try {
                borrow(
                        held ->
                                turns.taken() < size
                                        && turns.tryTake()
                                        && mine.incrementAndGet() > 0);
            } finally {
                for (; mine.get() > 0; mine.decrementAndGet()) {
                    turns.release();
                }
            }
        }
        // Not all were checked: who has a turn need not have a connection at the moment.
        return false;
    }

    /**
     * Borrows connections, all at once, as long as there are any, and returns them.
     *
     * @param another whether to borrow another one, told how many there are
     */
    private void borrow(IntPredicate another) throws SQLException {
        Deque<Connection> held = new ArrayDeque<>();
        try {
            DataSource pool = dataSource();
            while (another.test(held.size()) && canLend()) {
                held.add(pool.getConnection());
            }
        } finally {
            for (Connection connection : held) {
                connection.close();
            }
        }
    }

    /** Those that are lent out of turn may never come back: to wait for one would stop everyone. */
    private boolean canLend() {
        try {
            return figures.active() < settings.poolMaximum();
        } catch (IllegalStateException e) {
            LOG.fine(() -> "The server does not tell the pool's figures: " + e.getMessage());
            return true;
        }
    }

    private static int open() {
        return CompositionRoot.ofProcess().openConnections().count();
    }

    /** Looks after the pool until the application stops. */
    public void keepFilled() {
        checks =
                executor.scheduleWithFixedDelay(
                        this::check, CHECK.toMillis(), CHECK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Leaves the pool as it is from now on. */
    @PreDestroy
    public void stop() {
        if (checks != null) {
            checks.cancel(false);
        }
    }

    private void check() {
        // Counted before the fill, so that what it finds dead makes it run once more.
        int disruptions = CompositionRoot.ofProcess().openConnections().disruptions();
        boolean due = System.nanoTime() - filled > refreshNanos;
        boolean missing = open() < size;
        if (CompositionRoot.ofProcess().heartbeat().isLost()
                || !(due || missing || disruptions != disruptionsSeen)) {
            return;
        }
        try {
            if (fill(disruptions != disruptionsSeen)) {
                disruptionsSeen = disruptions;
            }
        } catch (SQLException | RuntimeException e) {
            LOG.fine(() -> "The pool is not full yet: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
