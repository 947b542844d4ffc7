package ai.demeter.health;

import ai.demeter.connection.CompositionRoot;
import ai.demeter.connection.Heartbeat;
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
    private static final int TRIES = 5;
    private static final long PAUSE_MILLIS = 20;

    @Resource private ManagedExecutorService executor;
    @Inject private Bulkhead turns;
    @Inject private Shutdown shutdown;
    private final PoolStatistics figures = PoolStatistics.ofThisServer();
    private Future<Boolean> probe;

    /** States of docs/guarantees.md. */
    private enum State {
        UP,
        SATURATED,
        UNREACHABLE
    }

    @Override
    public HealthCheckResponse call() {
        State state = state();
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("database")
                        // A service that is stopping takes no more requests to the database.
                        .status(state != State.UNREACHABLE && !shutdown.isUnderWay())
                        .withData("state", state.name().toLowerCase(Locale.ROOT))
                        .withData("waiting", turns.waiting())
                        .withData("max", Settings.current().poolMaximum());
        try {
            response.withData("active", figures.active()).withData("idle", figures.idle());
        } catch (IllegalStateException e) {
            LOG.fine(() -> "The server does not tell the pool's figures: " + e.getMessage());
        }
        return response.build();
    }

    private State state() {
        Heartbeat heartbeat = CompositionRoot.ofProcess().heartbeat();
        try {
            if (heartbeat.isLost()) {
                return State.UNREACHABLE;
            }
            Future<Boolean> current = probe();
            if (current == null) { // every connection is lent
                return heartbeat.confirm(FOR_THE_HEARTBEAT) ? State.SATURATED : State.UNREACHABLE;
            }
            try {
                return current.get(FOR_THE_POOL.toMillis(), TimeUnit.MILLISECONDS)
                        ? State.UP
                        : State.UNREACHABLE;
            } catch (TimeoutException e) {
                return heartbeat.confirm(FOR_THE_HEARTBEAT) ? State.SATURATED : State.UNREACHABLE;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return State.UNREACHABLE;
        } catch (ExecutionException | RuntimeException e) {
            LOG.warning(() -> "The readiness probe failed: " + e.getMessage());
            return State.UNREACHABLE;
        }
    }

    /** The probe under way, or a new one; null if no turn is free. */
    private synchronized Future<Boolean> probe() throws InterruptedException {
        if (probe == null || probe.isDone()) {
            for (int tries = 0; !turns.tryTake(); tries++) {
                if (tries == TRIES || turns.waiting() > 0) {
                    return null;
                }
                Thread.sleep(PAUSE_MILLIS); // the pool may be filling up for a moment
            }
            try {
                probe = executor.submit(this::selectOne);
            } catch (RejectedExecutionException e) {
                turns.release();
                throw e;
            }
        }
        return probe;
    }

    private boolean selectOne() {
        try (Connection connection = PoolFiller.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            return statement.execute("SELECT 1");
        } catch (SQLException e) {
            LOG.fine(() -> "The pool lends no working connection: " + e.getMessage());
            return false;
        } finally {
            turns.release();
        }
    }
}
