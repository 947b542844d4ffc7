package ai.demeter.traces.sdk;

import ai.demeter.events.Span;
import ai.demeter.events.Spans;
import ai.demeter.events.TraceContext;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Spans that OpenTelemetry's SDK sends to a collector (OTLP over HTTP), as its own variables say:
 * their names and defaults are in its documentation ("Environment Variable Specification"). Those
 * that end faster than they can be sent are dropped, beyond a queue of 2,048.
 */
public final class ExportedSpans implements Spans.Source {
    /** What is still in the queue at the end. */
    private static final long FAREWELL_SECONDS = 2;

    /**
     * It would log each failure with its stack trace; {@link Delivery} says what there is to say.
     */
    private static final Logger SENDER = Logger.getLogger("io.opentelemetry.exporter");

    private static final String PROTOCOL = "otel.exporter.otlp.protocol";

    /** That of the sender in the WAR. */
    private static final String HTTP = "http/protobuf";

    private final OpenTelemetrySdk sdk;
    private final Tracer tracer;

    /**
     * Makes and sends them from now on.
     *
     * @param collector its URL, to which the SDK appends the path
     * @throws ConfigurationException if a variable that it reads cannot be used
     */
    public ExportedSpans(String collector) {
        SENDER.setLevel(Level.OFF);
        sdk =
                AutoConfiguredOpenTelemetrySdk.builder()
                        .addPropertiesSupplier(
                                () -> Map.of("otel.service.name", "demeter", PROTOCOL, HTTP))
                        // Metrics and logs go other ways.
                        .addPropertiesCustomizer(given -> fixed(given, collector))
                        .addSpanExporterCustomizer(
                                (exporter, settings) -> new Delivery(exporter, collector))
                        .disableShutdownHook() // ai.demeter.health.Shutdown ends the process
                        .build()
                        .getOpenTelemetrySdk();
        tracer = sdk.getTracer("ai.demeter");
    }

    private static Map<String, String> fixed(ConfigProperties given, String collector) {
        for (String variable : List.of(PROTOCOL, "otel.exporter.otlp.traces.protocol")) {
            String protocol = given.getString(variable, HTTP);
            if (!protocol.equals(HTTP)) {
                throw new ConfigurationException(
                        variable + " takes " + HTTP + " only, not " + protocol);
            }
        }
        return Map.of(
                "otel.exporter.otlp.endpoint",
                collector,
                "otel.metrics.exporter",
                "none",
                "otel.logs.exporter",
                "none");
    }

    @Override
    public Span request(TraceContext caller) {
        SpanBuilder builder = tracer.spanBuilder("request").setSpanKind(SpanKind.SERVER);
        builder.setParent(
                caller == null
                        ? Context.root()
                        : Context.root()
                                .with(io.opentelemetry.api.trace.Span.wrap(remote(caller))));
        io.opentelemetry.api.trace.Span span = builder.startSpan();
        return span.isRecording() ? new ExportedSpan(tracer, span) : null;
    }

    private static SpanContext remote(TraceContext caller) {
        return SpanContext.createFromRemoteParent(
                caller.traceId(),
                caller.spanId(),
                caller.sampled() ? TraceFlags.getSampled() : TraceFlags.getDefault(),
                TraceState.getDefault());
    }

    @Override
    public void close() {
        sdk.getSdkTracerProvider().shutdown().join(FAREWELL_SECONDS, TimeUnit.SECONDS);
    }
}
