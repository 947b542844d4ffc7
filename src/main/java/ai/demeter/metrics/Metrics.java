package ai.demeter.metrics;

import ai.demeter.events.TraceContext;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.tracer.common.SpanContext;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.stream.DoubleStream;

/** The registry of this application. Static, because not everyone who measures is a bean. */
public final class Metrics {
    private static final PrometheusMeterRegistry REGISTRY =
            new PrometheusMeterRegistry(
                    PrometheusConfig.DEFAULT,
                    new PrometheusRegistry(),
                    Clock.SYSTEM,
                    new CurrentTrace());

    /** The text format of Prometheus, as its documentation names it ("Exposition formats"). */
    public static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

    /** The format that has exemplars as well. */
    public static final String OPEN_METRICS =
            "application/openmetrics-text; version=1.0.0; charset=utf-8";

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
     * Writes all of them, in UTF-8.
     *
     * @param mediaType {@link #TEXT} or {@link #OPEN_METRICS}
     * @throws IOException if {@code out} cannot be written to
     */
    public static void scrape(OutputStream out, String mediaType) throws IOException {
        REGISTRY.scrape(out, mediaType);
    }

    /** The last trace of each bucket is written out with it, for those who ask for OpenMetrics. */
    private static final class CurrentTrace implements SpanContext {
        @Override
        public String getCurrentTraceId() {
            return TraceContext.current().map(TraceContext::traceId).orElse(null);
        }

        @Override
        public String getCurrentSpanId() {
            return TraceContext.current().map(TraceContext::spanId).orElse(null);
        }

        @Override
        public boolean isCurrentSpanSampled() {
            return TraceContext.current().map(TraceContext::sampled).orElse(false);
        }

        /** Only spans that are recorded are taken, so there is nothing to mark. */
        @Override
        public void markCurrentSpanAsExemplar() {}
    }
}
