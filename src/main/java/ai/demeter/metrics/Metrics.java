package ai.demeter.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.stream.DoubleStream;

/** The registry of this application. Static, because not everyone who measures is a bean. */
public final class Metrics {
    private static final PrometheusMeterRegistry REGISTRY =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    private Metrics() {}

    /** Where meters are registered. */
    public static MeterRegistry registry() {
        return REGISTRY;
    }

    /**
     * A histogram of durations; its name ends in {@code _seconds} when it is written out.
     *
     * @param bordersInSeconds upper borders of its buckets
     */
    public static Timer.Builder histogram(String name, double... bordersInSeconds) {
        return Timer.builder(name)
                .serviceLevelObjectives(
                        DoubleStream.of(bordersInSeconds)
                                .mapToObj(seconds -> Duration.ofNanos((long) (seconds * 1e9)))
                                .toArray(Duration[]::new));
    }

    /**
     * Writes all of them as Prometheus text, version 0.0.4, in UTF-8.
     *
     * @throws IOException if {@code out} cannot be written to
     */
    public static void scrape(OutputStream out) throws IOException {
        REGISTRY.scrape(out);
    }
}
