package ai.demeter.traces;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.Until;
import ai.demeter.traces.Collector.Received;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Spans, on their way from the server to a collector. */
class TracesIT {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String OTHER = "0af7651916cd43dd8448eb211c80319c";
    private static final String CALLER = "00f067aa0ba902b7";

    /** Longer than it takes to stop. */
    private static final String DELAY_MILLIS = "3000";

    private static final String GREENHOUSE =
            "{\"code\":\"SECRET-1\",\"name\":\"Secret name\",\"type\":\"greenhouse\"}";

    // Would break: nobody could see why a request was slow, or that it was carried out twice.
    @Test
    @DisplayName("A POST that was retried shows both attempts, and what each waited for and said")
    void retried() throws Exception {
        try (Collector collector = new Collector();
                Stack stack = start("traces", collector)) {
            failOnce(stack.postgres());
            assertThat(stack.send(post(stack)).statusCode()).isEqualTo(201);
            assertThat(stack.send(get(stack).header("traceparent", parent(OTHER, "00"))))
                    .extracting(HttpResponse::statusCode)
                    .isEqualTo(200);
            HttpResponse<String> unknown = stack.get("/api/warehouses/987654321");
            stack.get("/health/ready");
            stack.get("/api/metrics");
            Until.holds("the spans arrive", () -> named(collector, "POST /api/warehouses") != null);

            Received request = named(collector, "POST /api/warehouses");
            assertThat(request.trace()).isEqualTo(TRACE);
            assertThat(request.parent()).isEqualTo(CALLER);
            assertThat(request.kind()).isEqualTo(SpanKind.SPAN_KIND_SERVER);
            assertThat(request.failed()).isFalse();
            assertThat(request.attributes())
                    .containsOnly(
                            Map.entry("http.request.method", "POST"),
                            Map.entry("http.route", "/api/warehouses"),
                            Map.entry("http.response.status_code", "201"),
                            Map.entry("url.path", "/api/warehouses"),
                            Map.entry("url.scheme", "http"));
            Received unit = parts(collector, request, "unit of work").get(0);
            assertThat(parts(collector, unit, "wait for a connection")).hasSize(1);
            List<Received> attempts = parts(collector, unit, "attempt");
            assertThat(attempts)
                    .extracting(it -> it.attribute("demeter.attempt"))
                    .containsExactly("1", "2");
            Received first = attempts.get(0);
            Received second = attempts.get(1);
            assertThat(first.failed()).isTrue();
            assertThat(first.attribute("error.type")).isEqualTo("contention");
            assertThat(second.failed()).isFalse();
            assertThat(unit.failed()).isFalse();
            assertThat(parts(collector, first, "wait for a connection")).hasSize(1);
            Received refused = parts(collector, first, "insert Warehouse").get(0);
            assertThat(refused.failed()).isTrue();
            assertThat(refused.attribute("db.response.status_code")).isEqualTo("40001");
            Received stored = parts(collector, second, "insert Warehouse").get(0);
            assertThat(stored.kind()).isEqualTo(SpanKind.SPAN_KIND_CLIENT);
            assertThat(stored.failed()).isFalse();
            assertThat(stored.attribute("db.system.name")).isEqualTo("postgresql");
            assertThat(stored.attribute("db.query.text"))
                    .startsWith("insert into Warehouse ")
                    .contains("values (?");
            assertThat(parts(collector, first, "COMMIT")).isEmpty();
            assertThat(parts(collector, second, "COMMIT")).hasSize(1);
            assertThat(request.nanos()).isGreaterThan(unit.nanos());
            assertThat(collector.spans())
                    .as("no values")
                    .allMatch(it -> !it.toString().contains("SECRET"))
                    .allMatch(it -> !it.toString().contains("Secret"));

            Matcher own = Pattern.compile("\"traceId\":\"(\\w{32})\"").matcher(unknown.body());
            assertThat(own.find()).as("a trace of its own: " + unknown.body()).isTrue();
            assertThat(collector.spans(own.group(1)))
                    .extracting(Received::name)
                    .contains("GET /api/warehouses/{id}", "read", "attempt", "select Warehouse");
            assertThat(collector.spans())
                    .as("neither warm-up, probes nor what its caller does not record")
                    .extracting(Received::trace)
                    .containsOnly(TRACE, own.group(1));
            assertThat(collector.services()).containsOnly("demeter");

            int before = collector.spans().size();
            assertThat(stack.get("/api/warehouses").statusCode()).isEqualTo(200);
            stack.server().close();
            assertThat(collector.spans()).as("sent at the end").hasSizeGreaterThan(before);
        }
    }

    // Would break: whoever only watches could bring the service down.
    @Test
    @DisplayName("A collector that is away keeps nobody waiting, and is one line in the log")
    void away() throws Exception {
        Collector known = new Collector();
        String lost = "Spans do not reach " + known.url();
        try (known;
                Stack stack = start("traces-away", known)) {
            known.close();
            for (int i = 0; i < 20; i++) {
                assertThat(stack.send(get(stack)).statusCode()).isEqualTo(200);
            }
            Until.holds("it is said", () -> log(stack).contains(lost));
            try (Collector back = new Collector(known.port())) {
                Until.holds(
                        "they arrive again",
                        () -> {
                            stack.get("/api/warehouses");
                            return log(stack).contains("Spans reach " + back.url() + " again");
                        });
                assertThat(back.spans()).isNotEmpty();
            }
            assertThat(log(stack).lines().filter(line -> line.contains(lost))).hasSize(1);
            assertThat(log(stack)).doesNotContain("at io.opentelemetry");
        }
    }

    private static Stack start(String name, Collector collector) throws Exception {
        return Stack.start(
                name,
                Map.of(
                        "OTEL_EXPORTER_OTLP_ENDPOINT",
                        collector.url(),
                        "OTEL_BSP_SCHEDULE_DELAY",
                        DELAY_MILLIS,
                        // Statements are wanted by spans alone then.
                        "DB_SLOW_STATEMENT",
                        "0"));
    }

    /** A sequence counts what is rolled back as well. */
    private static void failOnce(Postgres postgres) throws Exception {
        Sql.run(
                postgres,
                "CREATE SEQUENCE tries",
                "CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$"
                        + " BEGIN IF nextval('tries') = 1 THEN"
                        + " RAISE 'not %', NEW.name USING ERRCODE = '40001'; END IF;"
                        + " RETURN NEW; END $$",
                "CREATE TRIGGER fail_once BEFORE INSERT ON warehouse"
                        + " FOR EACH ROW EXECUTE FUNCTION fail_once()");
    }

    private static HttpRequest.Builder post(Stack stack) {
        return stack.request("/api/warehouses")
                .header("Content-Type", "application/json")
                .header("traceparent", parent(TRACE, "01"))
                .POST(HttpRequest.BodyPublishers.ofString(GREENHOUSE));
    }

    private static HttpRequest.Builder get(Stack stack) {
        return stack.request("/api/warehouses?type=tunnel");
    }

    private static String parent(String trace, String flags) {
        return "00-" + trace + "-" + CALLER + "-" + flags;
    }

    private static Received named(Collector collector, String name) {
        return collector.spans().stream()
                .filter(span -> span.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static List<Received> parts(Collector collector, Received of, String name) {
        return collector.spans(of.trace()).stream()
                .filter(span -> span.parent().equals(of.id()) && span.name().equals(name))
                .toList();
    }

    private static String log(Stack stack) throws Exception {
        return Files.readString(stack.log());
    }
}
