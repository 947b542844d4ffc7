package ai.demeter.pool;

import ai.demeter.connection.CompositionRoot;
import ai.demeter.connection.OpenConnections;
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
        OpenConnections open = CompositionRoot.ofProcess().openConnections();
        gauge(
                "demeter.pool.connections.open",
                "Physical connections, counted where they are opened",
                open::count);
        gauge(
                "demeter.pool.connections.max",
                "DB_POOL_SIZE and DB_MAX_OVERFLOW",
                Settings.current()::poolMaximum);
        gauge("demeter.pool.waiting", "Requests that wait for a turn", turns::waiting);
        gauge(
                "demeter.database.reachable",
                "1 while the heartbeat outside the pool gets answers, else 0",
                () -> CompositionRoot.ofProcess().heartbeat().isLost() ? 0 : 1);
        counters(open);
    }

    private void counters(OpenConnections open) {
        counter(open, "demeter.connections.opened", OpenConnections::opened)
                .description("Physical connections opened for the pool")
                .register(registry);
        counter(open, "demeter.connection.validation.failures", OpenConnections::validationFailures)
                .description("Found unfit when about to be lent, other than by age")
                .register(registry);
        for (OpenConnections.Closing reason : OpenConnections.Closing.values()) {
            counter(open, "demeter.connections.closed", all -> all.closed(reason))
                    .description("Physical connections of the pool closed, by the first reason")
                    .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
    }

    private static FunctionCounter.Builder<OpenConnections> counter(
            OpenConnections open, String name, ToDoubleFunction<OpenConnections> count) {
        return FunctionCounter.builder(name, open, count);
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
