package ai.demeter.metrics;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;

/** Memory, threads and garbage collection of the server's JVM ({@code jvm_*}). */
@ApplicationScoped
public class JvmMetrics {
    private final JvmGcMetrics collections = new JvmGcMetrics();

    void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
        new JvmMemoryMetrics().bindTo(Metrics.registry());
        new JvmThreadMetrics().bindTo(Metrics.registry());
        collections.bindTo(Metrics.registry());
    }

    /** It listens to the JVM, which outlives the application. */
    @PreDestroy
    void stop() {
        collections.close();
    }
}
