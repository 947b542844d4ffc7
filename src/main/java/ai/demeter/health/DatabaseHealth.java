package ai.demeter.health;

import ai.demeter.connection.Heartbeat;
import ai.demeter.connection.OpenConnections;
import ai.demeter.pool.BorrowGate;
import ai.demeter.pool.Bulkhead;
import ai.demeter.pool.PoolFiller;
import ai.demeter.pool.PoolStatistics;
import ai.demeter.settings.Settings;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Logger;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Readiness: {@code SELECT 1} through the pool, and where the pool gives no answer in time, the
 * heartbeat outside it, so that a busy service stays in rotation and a dead database is told from
 * it. Answers within 2 s (docs/guarantees.md, "Health").
 */
@Readiness
@ApplicationScoped
public class DatabaseHealth implements HealthCheck {
    private static final Logger LOG = Logger.getLogger(DatabaseHealth.class.getName());
    private static final Duration FOR_THE_POOL = Duration.ofMillis(600);
    private static final Duration FOR_THE_HEARTBEAT = Duration.ofMillis(1100);
    private static final Duration FOR_A_STANDBY = Duration.ofSeconds(10);

    @Resource private ManagedExecutorService executor;
    private final Settings settings;
    private final Heartbeat heartbeat;
    private final OpenConnections open;
    private final PoolStatistics statistics;
    private final Bulkhead bulkhead;
    private final Shutdown shutdown;
    private Future<Boolean> probe;

    /** For the client proxy. */
    protected DatabaseHealth() {
        this(null, null, null, null, null, null);
    }

    @Inject
    DatabaseHealth(
            Settings settings,
            Heartbeat heartbeat,
            OpenConnections open,
            PoolStatistics statistics,
            Bulkhead bulkhead,
            Shutdown shutdown) {
        this.settings = settings;
        this.heartbeat = heartbeat;
        this.open = open;
        this.statistics = statistics;
        this.bulkhead = bulkhead;
        this.shutdown = shutdown;
    }

    /** States of docs/guarantees.md. */
    private enum State {
        UP,
        SATURATED,
        UNCONFIRMED,
        UNREACHABLE
    }

    @Override
    public HealthCheckResponse call() {
        State state = state();
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("database")
                        // A service that is stopping takes no more requests to the database.
                        .status(isFit(state) && !shutdown.isUnderWay())
                        .withData("state", state.name().toLowerCase(Locale.ROOT))
                        .withData("waiting", bulkhead.waiting())
                        .withData("max", settings.poolMaximum())
                        .withData("encrypted", open.encrypted())
                        .withData("pooled", open.pooled());
        try {
            response.withData("active", statistics.active()).withData("idle", statistics.idle());
        } catch (IllegalStateException e) {
            LOG.fine(() -> "The server does not tell the pool's figures: " + e.getMessage());
        }
        return response.build();
    }

    /** A standby may come back in time: whoever waits for it is answered then. */
    private boolean isFit(State state) {
        return switch (state) {
            case UP, SATURATED -> true;
            case UNCONFIRMED -> unconfirmed().orElse(Duration.ZERO).compareTo(FOR_A_STANDBY) < 0;
            case UNREACHABLE -> false;
        };
    }

    private Optional<Duration> unconfirmed() {
        return open.confirmation().missing();
    }

    private State state() {
        // Sessions that wait for the standby may have left the pool no connection to probe with.
        return unconfirmed().isPresent() && !heartbeat.isLost() ? State.UNCONFIRMED : answers();
    }

    private State answers() {
        try {
            if (heartbeat.isLost()) {
                return State.UNREACHABLE;
            }
            Optional<Future<Boolean>> current = probe();
            if (current.isEmpty()) {
                return confirmed();
            }
            try {
                return current.get().get(FOR_THE_POOL.toMillis(), TimeUnit.MILLISECONDS)
                        ? State.UP
                        : State.UNREACHABLE;
            } catch (TimeoutException e) {
                return confirmed();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return State.UNREACHABLE;
        } catch (ExecutionException | RuntimeException e) {
            LOG.warning(() -> "The readiness probe failed: " + e.getMessage());
            return State.UNREACHABLE;
        }
    }

    private State confirmed() throws InterruptedException {
        return heartbeat.confirm(FOR_THE_HEARTBEAT) ? State.SATURATED : State.UNREACHABLE;
    }

    /** The probe under way, or a new one; empty if no permit is free. Waits for nothing. */
    private synchronized Optional<Future<Boolean>> probe() {
        if (probe == null || probe.isDone()) {
            if (!bulkhead.tryAcquire()) {
                return Optional.empty();
            }
            try {
                probe = executor.submit(this::selectOne);
            } catch (RejectedExecutionException e) {
                bulkhead.release();
                throw e;
            }
        }
        return Optional.of(probe);
    }

    private boolean selectOne() {
        try (Connection connection =
                        BorrowGate.ofProcess().beside(PoolFiller.dataSource()::getConnection);
                Statement statement = connection.createStatement()) {
            return statement.execute("SELECT 1");
        } catch (SQLException e) {
            LOG.fine(() -> "The pool lends no working connection: " + e.getMessage());
            return false;
        } finally {
            bulkhead.release();
        }
    }
}
