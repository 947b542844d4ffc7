package ai.demeter.pool;

import ai.demeter.replica.Replica;
import ai.demeter.replica.ReplicaConnections;
import ai.demeter.replica.ReplicaWatch;
import ai.demeter.settings.ReadReplica;
import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Has the replica's pool filled while the replica answers, as {@link PoolFiller} does the other
 * one: on threads of its own, so that neither waits for the other's logins.
 */
@ApplicationScoped
public class ReplicaFiller {
    private static final Logger LOG = Logger.getLogger(ReplicaFiller.class.getName());
    private static final Duration CHECK = Duration.ofMillis(500);

    @Resource private ManagedThreadFactory threads;

    private final Settings settings;
    private final ReplicaReads reads;
    private ScheduledExecutorService executor;

    /** For the client proxy. */
    protected ReplicaFiller() {
        this(null, null);
    }

    @Inject
    ReplicaFiller(Settings settings, ReplicaReads reads) {
        this.settings = settings;
        this.reads = reads;
    }

    void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
        Replica.ofProcess()
                .ifPresent(
                        parts ->
                                start(
                                        settings.replica().orElseThrow(),
                                        parts.connections(),
                                        parts.watch()));
    }

    private void start(ReadReplica replica, ReplicaConnections open, ReplicaWatch watch) {
        executor = Executors.newScheduledThreadPool(1 + Fill.OPENERS, threads);
        Fill fill =
                new Fill(
                        ReplicaReads.dataSource(),
                        new PoolState(
                                open::count,
                                open::opening,
                                open::opened,
                                open::disruptions,
                                reads.permits()::inUse),
                        reads.permits(),
                        BorrowGate.ofReplica(),
                        new Fill.Limits(
                                replica.poolSize(),
                                replica.poolMaximum(),
                                settings.seconds(Variable.DB_POOL_RECYCLE)),
                        executor,
                        System::nanoTime);
        executor.scheduleWithFixedDelay(
                () -> {
                    if (!watch.isAway()) {
                        check(fill);
                    }
                },
                CHECK.toMillis(),
                CHECK.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private static void check(Fill fill) {
        try {
            fill.check();
        } catch (SQLException | RuntimeException e) {
            LOG.log(Level.FINE, "The replica's pool is not full yet", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Leaves the pool as it is from now on. */
    @PreDestroy
    void stop() {
        if (executor != null) {
            executor.shutdownNow();
        }
    }
}
