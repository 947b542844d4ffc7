package ai.demeter.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.demeter.events.Span;
import ai.demeter.events.TraceContext;
import ai.demeter.traces.Collector.Received;
import ai.demeter.traces.sdk.ExportedSpans;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Otherwise a collector would be sent what it cannot put together. */
class ExportedSpansTest {
    private static final TraceContext CALLER =
            new TraceContext("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", true);

    @Test
    @DisplayName("what has ended arrives at the end: part of its caller's, as long as it took")
    void sent() throws Exception {
        try (Collector collector = new Collector()) {
            ExportedSpans spans = new ExportedSpans(collector.url());
            Span request = spans.request(CALLER);
            assertThat(request.context().traceId()).isEqualTo(CALLER.traceId());
            Span statement = request.begin("select", Span.Kind.CLIENT, 7_000_000);
            statement.set("db.query.text", "select ?");
            statement.failed("40001");
            statement.end();
            request.name("GET /api/warehouses");
            request.set("http.response.status_code", 200);
            request.end();
            spans.close();

            assertThat(collector.services()).containsOnly("demeter");
            Received part = collector.spans().get(0);
            Received whole = collector.spans().get(1);
            assertThat(whole.name()).isEqualTo("GET /api/warehouses");
            assertThat(whole.trace()).isEqualTo(CALLER.traceId());
            assertThat(whole.parent()).isEqualTo(CALLER.spanId());
            assertThat(whole.id()).isEqualTo(request.context().spanId());
            assertThat(whole.kind()).isEqualTo(SpanKind.SPAN_KIND_SERVER);
            assertThat(whole.attribute("http.response.status_code")).isEqualTo("200");
            assertThat(whole.failed()).isFalse();
            assertThat(part.parent()).isEqualTo(whole.id());
            assertThat(part.kind()).isEqualTo(SpanKind.SPAN_KIND_CLIENT);
            assertThat(part.failed()).isTrue();
            assertThat(part.attribute("error.type")).isEqualTo("40001");
            assertThat(part.nanos()).isGreaterThanOrEqualTo(7_000_000);
        }
    }

    // Would break: who mistypes a variable looks for the reason in vain.
    @ParameterizedTest
    @DisplayName("a variable of OpenTelemetry's that it cannot use is named")
    @CsvSource({
        "otel.traces.sampler, mostly, mostly",
        "otel.exporter.otlp.protocol, grpc, otel.exporter.otlp.protocol"
    })
    void refused(String property, String value, String named) {
        System.setProperty(property, value);
        try {
            assertThatThrownBy(() -> new ExportedSpans("http://localhost:1"))
                    .hasMessageContaining(named);
        } finally {
            System.clearProperty(property);
        }
    }

    @Test
    @DisplayName("a trace that its caller does not record is not recorded; one of our own is")
    void sampled() throws Exception {
        try (Collector collector = new Collector()) {
            ExportedSpans spans = new ExportedSpans(collector.url());
            assertThat(spans.request(new TraceContext(CALLER.traceId(), CALLER.spanId(), false)))
                    .isNull();
            Span own = spans.request(null);
            assertThat(own.context().sampled()).isTrue();
            assertThat(own.context().traceId()).isNotEqualTo(CALLER.traceId());
            spans.close();
        }
    }
}
