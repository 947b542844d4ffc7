package ai.demeter.pool;

import ai.demeter.connection.CompositionRoot;
import ai.demeter.connection.Heartbeat;
import ai.demeter.connection.OpenConnections;
import ai.demeter.metrics.Metrics;
import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/**
 * What beans are given that are no beans themselves: the parts that the server's own pool has too,
 * the registry, and the bulkhead before the pool.
 */
@ApplicationScoped
public class Producers {
    @Produces
    @Singleton
    static Settings settings() {
        return CompositionRoot.ofProcess().settings();
    }

    @Produces
    @Singleton
    static Heartbeat heartbeat() {
        return CompositionRoot.ofProcess().heartbeat();
    }

    @Produces
    @Singleton
    static OpenConnections openConnections() {
        return CompositionRoot.ofProcess().openConnections();
    }

    @Produces
    @Singleton
    static MeterRegistry registry() {
        return Metrics.registry();
    }

    @Produces
    @Singleton
    static PoolStatistics statistics() {
        return PoolStatistics.ofThisServer();
    }

    @Produces
    @Singleton
    static Bulkhead bulkhead(Settings settings, Heartbeat heartbeat) {
        return new Bulkhead(
                settings.poolMaximum(),
                settings.number(Variable.DB_POOL_QUEUE),
                settings.seconds(Variable.DB_POOL_TIMEOUT),
                heartbeat::isLost,
                System::nanoTime);
    }
}
