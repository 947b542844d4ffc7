package ai.demeter.traces.sdk;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** Says once when a collector is away, and once when it is back. */
final class Delivery implements SpanExporter {
    private static final Logger LOG = Logger.getLogger(Delivery.class.getName());

    private final SpanExporter exporter;
    private final String collector;
    private final AtomicBoolean failing = new AtomicBoolean();

    Delivery(SpanExporter exporter, String collector) {
        this.exporter = exporter;
        this.collector = collector;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        CompletableResultCode result = exporter.export(spans);
        return result.whenComplete(() -> tell(result));
    }

    private void tell(CompletableResultCode result) {
        boolean failed = !result.isSuccess();
        if (failing.getAndSet(failed) == failed) {
            return;
        }
        if (failed) {
            LOG.warning(
                    () ->
                            "Spans do not reach "
                                    + collector
                                    + ", and are lost until they do: "
                                    + cause(result.getFailureThrowable()));
        } else {
            LOG.info(() -> "Spans reach " + collector + " again");
        }
    }

    /** In one line; the last cause says most. */
    private static String cause(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .reduce((outer, inner) -> inner)
                .map(Throwable::toString)
                .orElse("the collector refused them");
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }
}
