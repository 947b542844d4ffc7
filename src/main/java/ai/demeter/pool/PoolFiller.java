package ai.demeter.pool;

import ai.demeter.connection.Heartbeat;
import ai.demeter.connection.OpenConnections;
import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;

/**
 * Has the pool filled: at the start, after the database was lost, and while connections grow old.
 *
 * <p>On threads of its own: a login may take seconds, and the container's executor for scheduled
 * tasks has one thread on Payara, which others need.
 */
@ApplicationScoped
public class PoolFiller {
    private static final Logger LOG = Logger.getLogger(PoolFiller.class.getName());

    private static final String PAYARA = "javax.enterprise.resource.resourceadapter.com.sun.";

    /**
     * Payara's pool says again, with a stack trace for each commit and rollback on a connection
     * that broke, what is said here once; WildFly's is told by server-config/wildfly/configure.cli.
     * Held, because the log manager does not hold them.
     */
    private static final List<Logger> QUIET =
            List.of(
                    Logger.getLogger(PAYARA + "enterprise.connectors"),
                    Logger.getLogger(PAYARA + "enterprise.resource.allocator"),
                    Logger.getLogger(PAYARA + "enterprise.resource"),
                    Logger.getLogger(PAYARA + "gjc.spi"));

    static {
        QUIET.forEach(logger -> logger.setLevel(Level.OFF));
    }

    /** The name under which both servers know the pool. */
    static final String JNDI_NAME = "jdbc/demeter";

    private static final Duration CHECK = Duration.ofMillis(500);

    @Resource private ManagedThreadFactory threads;

    private final Settings settings;
    private final Heartbeat heartbeat;
    private final OpenConnections open;
    private final PoolStatistics statistics;
    private final Bulkhead bulkhead;
    private volatile ScheduledExecutorService executor;
    private Fill fill;

    /** For the client proxy. */
    protected PoolFiller() {
        this(null, null, null, null, null);
    }

    @Inject
    PoolFiller(
            Settings settings,
            Heartbeat heartbeat,
            OpenConnections open,
            PoolStatistics statistics,
            Bulkhead bulkhead) {
        this.settings = settings;
        this.heartbeat = heartbeat;
        this.open = open;
        this.statistics = statistics;
        this.bulkhead = bulkhead;
    }

    /** Not before it is needed: whoever stops a service that never got so far has no threads. */
    private void prepare() {
        executor = Executors.newScheduledThreadPool(1 + Fill.OPENERS, threads);
        fill =
                new Fill(
                        dataSource(),
                        new PoolState(
                                open::count,
                                open::opening,
                                open::opened,
                                open::disruptions,
                                this::lent),
                        bulkhead,
                        BorrowGate.ofProcess(),
                        new Fill.Limits(
                                settings.number(Variable.DB_POOL_SIZE),
                                settings.poolMaximum(),
                                settings.seconds(Variable.DB_POOL_RECYCLE)),
                        executor,
                        System::nanoTime);
    }

    /**
     * The data source of the container.
     *
     * @throws IllegalStateException if the server has none
     */
    public static DataSource dataSource() {
        return lookUp(JNDI_NAME);
    }

    static DataSource lookUp(String name) {
        try {
            return InitialContext.doLookup(name);
        } catch (NamingException e) {
            throw new IllegalStateException(
                    "the server has no data source " + name + "; see server-config/", e);
        }
    }

    /**
     * Opens {@code DB_POOL_SIZE} connections, and looks after the pool from then on until the
     * application stops.
     *
     * @throws SQLException if a connection cannot be opened; nothing is looked after then
     */
    public void start() throws SQLException, InterruptedException {
        if (executor == null) {
            prepare();
        }
        fill.check();
        executor.scheduleWithFixedDelay(
                this::check, CHECK.toMillis(), CHECK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Leaves the pool as it is from now on. */
    @PreDestroy
    public void stop() {
        if (executor != null) {
            executor.shutdownNow();
        }
    }

    private void check() {
        if (heartbeat.isLost()) {
            return;
        }
        try {
            fill.check();
        } catch (SQLException | RuntimeException e) {
            LOG.log(Level.FINE, "The pool is not full yet", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int lent() {
        try {
            return statistics.active();
        } catch (IllegalStateException e) {
            LOG.log(Level.FINE, "The server does not tell how many connections are lent", e);
            return bulkhead.inUse();
        }
    }
}
