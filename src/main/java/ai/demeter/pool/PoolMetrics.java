package ai.demeter.pool;

import ai.demeter.connection.ConnectionCounts;
import ai.demeter.connection.Reachability;
import ai.demeter.metrics.Metrics;
import ai.demeter.settings.Settings;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** What is known of pool and database without asking either, published as metrics. */
@ApplicationScoped
public class PoolMetrics {
    private final MeterRegistry registry = Metrics.registry();

    @Inject private Bulkhead turns;

    void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
        PoolStatistics figures = PoolStatistics.ofThisServer();
        connections("active", figures::active);
        connections("idle", figures::idle);
        Reachability reachability = Reachability.current();
        gauge(
                "demeter.pool.connections.open",
                "Physical connections, counted where they are opened",
                reachability::openConnections);
        gauge(
                "demeter.pool.connections.max",
                "DB_POOL_SIZE and DB_MAX_OVERFLOW",
                Settings.current()::poolMaximum);
        gauge("demeter.pool.waiting", "Requests that wait for a turn", turns::waiting);
        gauge(
                "demeter.database.reachable",
                "1 while the heartbeat outside the pool gets answers, else 0",
                () -> reachability.isLost() ? 0 : 1);
        counters(reachability.counts());
    }

    private void counters(ConnectionCounts counts) {
        counter(counts, "demeter.connections.opened", ConnectionCounts::opened)
                .description("Physical connections opened for the pool")
                .register(registry);
        counter(
                        counts,
                        "demeter.connection.validation.failures",
                        ConnectionCounts::validationFailures)
                .description("Found unfit when about to be lent, other than by age")
                .register(registry);
        for (ConnectionCounts.Closing reason : ConnectionCounts.Closing.values()) {
            counter(counts, "demeter.connections.closed", all -> all.closed(reason))
                    .description("Physical connections of the pool closed, by the first reason")
                    .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
    }

    private static FunctionCounter.Builder<ConnectionCounts> counter(
            ConnectionCounts counts, String name, ToDoubleFunction<ConnectionCounts> count) {
        return FunctionCounter.builder(name, counts, count);
    }

    private void connections(String state, Supplier<Number> count) {
        Gauge.builder("demeter.pool.connections", count)
                .tag("state", state)
                .description("Connections of the server's pool")
                .register(registry);
    }

    private void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).register(registry);
    }
}
