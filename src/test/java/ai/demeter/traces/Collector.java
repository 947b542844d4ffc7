package ai.demeter.traces;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A collector of spans (OTLP over HTTP), on a port that was free. */
final class Collector implements AutoCloseable {
    private final List<Received> spans = new CopyOnWriteArrayList<>();
    private final List<String> services = new CopyOnWriteArrayList<>();
    private final HttpServer server;

    /** A span as it came. */
    record Received(
            String trace,
            String id,
            String parent,
            String name,
            Span.SpanKind kind,
            boolean failed,
            long nanos,
            Map<String, String> attributes) {

        private static Received of(Span span) {
            return new Received(
                    hex(span.getTraceId().toByteArray()),
                    hex(span.getSpanId().toByteArray()),
                    hex(span.getParentSpanId().toByteArray()),
                    span.getName(),
                    span.getKind(),
                    span.getStatus().getCodeValue() == 2,
                    span.getEndTimeUnixNano() - span.getStartTimeUnixNano(),
                    texts(span.getAttributesList()));
        }

        String attribute(String name) {
            return attributes.get(name);
        }
    }

    Collector() throws IOException {
        this(0);
    }

    /** On a port that is known to others already. */
    Collector(int port) throws IOException {
        server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/v1/traces", this::take);
        server.start();
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            ExportTraceServiceRequest.parseFrom(exchange.getRequestBody().readAllBytes())
                    .getResourceSpansList()
                    .forEach(
                            of -> {
                                services.add(
                                        texts(of.getResource().getAttributesList())
                                                .get("service.name"));
                                of.getScopeSpansList()
                                        .forEach(
                                                scope ->
                                                        scope.getSpansList().stream()
                                                                .map(Received::of)
                                                                .forEach(spans::add));
                            });
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private static Map<String, String> texts(List<KeyValue> attributes) {
        Map<String, String> texts = new TreeMap<>();
        attributes.forEach(
                one ->
                        texts.put(
                                one.getKey(),
                                one.getValue().hasIntValue()
                                        ? Long.toString(one.getValue().getIntValue())
                                        : one.getValue().getStringValue()));
        return texts;
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    String url() {
        return "http://localhost:" + port();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** Who sent them. */
    List<String> services() {
        return services;
    }

    List<Received> spans() {
        return spans;
    }

    /** Those of a trace. */
    List<Received> spans(String trace) {
        return spans.stream().filter(span -> span.trace.equals(trace)).toList();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
