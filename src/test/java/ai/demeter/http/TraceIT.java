package ai.demeter.http;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Stack;
import ai.demeter.run.TableLock;
import ai.demeter.run.Until;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Otherwise what a client has traced would end at this service's door. */
class TraceIT {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String HEADER = "00-" + TRACE + "-00f067aa0ba902b7-01";

    private static final Pattern TIMING =
            Pattern.compile("wait;dur=([\\d.]+), database;dur=([\\d.]+), rest;dur=([\\d.]+)");

    private final Stack stack;

    TraceIT() throws Exception {
        stack = Stack.shared();
    }

    @Test
    @DisplayName("a problem has the trace id of its request, and none if there was none")
    void inProblems() throws Exception {
        String path = "/api/warehouses/987654321";
        assertThat(stack.send(stack.request(path).header("traceparent", HEADER)).body())
                .contains("\"traceId\":\"" + TRACE + "\"");
        assertThat(stack.send(stack.request("/nope").header("traceparent", HEADER)).body())
                .as("where JAX-RS does not get to")
                .contains("\"traceId\":\"" + TRACE + "\"");
        assertThat(stack.get(path).body()).doesNotContain("traceId");
        assertThat(stack.send(stack.request(path).header("traceparent", "00-x-y-01")).body())
                .doesNotContain("traceId");
    }

    @Test
    @DisplayName("lines logged meanwhile have it, in front of the id of the request")
    void inTheLog() throws Exception {
        CompletableFuture<HttpResponse<String>> client;
        try (TableLock lock = new TableLock(stack.postgres())) {
            client =
                    stack.sendAsync(
                            stack.request("/api/warehouses")
                                    .header("traceparent", HEADER)
                                    .header("X-Request-Id", "traced"));
            Thread.sleep(1300); // longer than DB_SLOW_STATEMENT
            lock.release();
        }
        assertThat(client.join().statusCode()).isEqualTo(200);
        Until.holds(
                "it is logged",
                () ->
                        Files.readString(stack.log())
                                .contains(" trace " + TRACE + " request traced"));
    }

    // Would break: who is slow could not tell whether it waits, works or talks to the database.
    @Test
    @DisplayName("an answer says where its time went, if the request asks for it")
    void whereTimeGoes() throws Exception {
        CompletableFuture<HttpResponse<String>> client;
        try (TableLock lock = new TableLock(stack.postgres())) {
            client =
                    stack.sendAsync(
                            stack.request("/api/warehouses")
                                    .header("Prefer", "return=minimal, server-timing"));
            Thread.sleep(700);
            lock.release();
        }
        Matcher timing = TIMING.matcher(timing(client.join()));
        assertThat(timing.matches()).as(timing.toString()).isTrue();
        assertThat(Double.parseDouble(timing.group(2))).as("database").isBetween(500.0, 5_000.0);
        assertThat(Double.parseDouble(timing.group(1))).as("wait").isBetween(0.0, 500.0);
        assertThat(Double.parseDouble(timing.group(3))).as("rest").isBetween(0.0, 5_000.0);
        HttpRequest.Builder created =
                stack.request("/api/warehouses")
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", "where-time-goes")
                        .header("Prefer", "server-timing")
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        "{\"code\":\"TIMED\",\"name\":\"T\",\"type\":\"tunnel\"}"));
        for (boolean again : new boolean[] {false, true}) {
            HttpResponse<String> answer = stack.send(created);
            assertThat(answer.headers().firstValue("Idempotency-Replayed").isPresent())
                    .isEqualTo(again);
            assertThat(answer.headers().allValues("Server-Timing")).hasSize(1);
        }
        assertThat(timing(stack.get("/api/warehouses"))).isEmpty();
    }

    private static String timing(HttpResponse<?> answer) {
        return answer.headers().firstValue("Server-Timing").orElse("");
    }

    @Test
    @DisplayName(
            "the histogram has it as an exemplar where OpenMetrics is asked for, and only there")
    void asExemplar() throws Exception {
        Until.holds(
                "an exemplar",
                () -> {
                    stack.send(stack.request("/api/warehouses").header("traceparent", HEADER));
                    HttpResponse<String> metrics =
                            stack.send(
                                    stack.request("/api/metrics")
                                            .header(
                                                    "Accept",
                                                    "application/openmetrics-text; version=1.0.0"));
                    assertThat(metrics.headers().firstValue("Content-Type").orElse(""))
                            .startsWith("application/openmetrics-text");
                    assertThat(metrics.body()).endsWith("# EOF\n");
                    return metrics.body()
                            .lines()
                            .anyMatch(
                                    line ->
                                            line.startsWith("http_server_requests_seconds_bucket")
                                                    && line.contains("trace_id=\"" + TRACE + "\""));
                });
        assertThat(stack.get("/api/metrics").body()).doesNotContain("trace_id").contains("# TYPE");
    }
}
