package ai.demeter.traces.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Otherwise a collector that is away would fill the log, or nobody would know that it is. */
class DeliveryTest {
    private final List<String> logged = new ArrayList<>();
    private CompletableResultCode next;

    private final class Scripted implements SpanExporter {
        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            return next;
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }

    private final class Lines extends Handler {
        @Override
        public void publish(LogRecord line) {
            logged.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @Test
    @DisplayName("that a collector is away is said once, and once that it is back")
    void once() {
        Logger log = Logger.getLogger(Delivery.class.getName());
        Lines lines = new Lines();
        log.addHandler(lines);
        log.setUseParentHandlers(false);
        try {
            Delivery delivery = new Delivery(new Scripted(), "http://away");
            CompletableResultCode refused =
                    CompletableResultCode.ofExceptionalFailure(
                            new IllegalStateException("x", new ConnectException("refused")));
            for (CompletableResultCode result :
                    List.of(
                            CompletableResultCode.ofSuccess(),
                            refused,
                            refused,
                            CompletableResultCode.ofSuccess(),
                            CompletableResultCode.ofSuccess(),
                            CompletableResultCode.ofFailure())) {
                next = result;
                assertThat(delivery.export(List.of())).isSameAs(result);
            }
        } finally {
            log.removeHandler(lines);
            log.setUseParentHandlers(true);
        }
        assertThat(logged)
                .containsExactly(
                        "Spans do not reach http://away, and are lost until they do:"
                                + " java.net.ConnectException: refused",
                        "Spans reach http://away again",
                        "Spans do not reach http://away, and are lost until they do:"
                                + " the collector refused them");
    }
}
