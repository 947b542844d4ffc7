package ai.demeter.pool;

import ai.demeter.connection.Heartbeat;
import ai.demeter.connection.OpenConnections;
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
    private final MeterRegistry registry;
    private final Settings settings;
    private final Heartbeat heartbeat;
    private final OpenConnections open;
    private final PoolStatistics statistics;
    private final Bulkhead bulkhead;

    /** For the client proxy. */
    protected PoolMetrics() {
        this(null, null, null, null, null, null);
    }

    @Inject
    PoolMetrics(
            MeterRegistry registry,
            Settings settings,
            Heartbeat heartbeat,
            OpenConnections open,
            PoolStatistics statistics,
            Bulkhead bulkhead) {
        this.registry = registry;
        this.settings = settings;
        this.heartbeat = heartbeat;
        this.open = open;
        this.statistics = statistics;
        this.bulkhead = bulkhead;
    }

    void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
        connections("active", statistics::active);
        connections("idle", statistics::idle);
        gauge(
                "demeter.pool.connections.open",
                "Physical connections, counted where they are opened",
                open::count);
        gauge(
                "demeter.pool.connections.encrypted",
                "Physical connections that are encrypted by TLS",
                open::encrypted);
        gauge(
                "demeter.pool.connections.max",
                "DB_POOL_SIZE and DB_MAX_OVERFLOW",
                settings::poolMaximum);
        gauge("demeter.pool.waiting", "Work that waits for a permit", bulkhead::waiting);
        gauge(
                "demeter.database.reachable",
                "1 while the heartbeat outside the pool gets answers, else 0",
                () -> heartbeat.isLost() ? 0 : 1);
        counters();
    }

    private void counters() {
        counter("demeter.connections.opened", OpenConnections::opened)
                .description("Physical connections opened for the pool")
                .register(registry);
        counter("demeter.connection.validation.failures", OpenConnections::validationFailures)
                .description("Found unfit when about to be lent, other than by age")
                .register(registry);
        for (OpenConnections.Closing reason : OpenConnections.Closing.values()) {
            counter("demeter.connections.closed", all -> all.closed(reason))
                    .description("Physical connections of the pool closed, by the first reason")
                    .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
    }

    private FunctionCounter.Builder<OpenConnections> counter(
            String name, ToDoubleFunction<OpenConnections> count) {
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
