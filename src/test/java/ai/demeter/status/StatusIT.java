package ai.demeter.status;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.TableLock;
import ai.demeter.run.Until;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Otherwise those who build a page of their own, or a browser with a cache, would be misled. */
class StatusIT {
    private static final String STATUS = "/api/status";
    private static Stack stack;

    @BeforeAll
    static void start() throws Exception {
        stack =
                Stack.start(
                        "status",
                        Map.of(
                                "DB_POOL_SIZE", "2",
                                "DB_MAX_OVERFLOW", "0",
                                "DB_POOL_TIMEOUT", "1",
                                "DB_LOCK_TIMEOUT", "14"));
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    @Test
    @DisplayName(
            "after: the samples and events since an earlier answer, and nothing else is left out")
    void since() throws Exception {
        long before = status("").path("number").asLong();
        Until.holds(
                "a sample later than the events of the other tests",
                () -> status("").path("number").asLong() >= before + 1);
        JsonNode all = status("");
        assertThat(all.path("samples")).isNotEmpty();
        assertThat(all.path("events")).isNotEmpty();
        long number = all.path("number").asLong();
        Until.holds("two seconds more", () -> status("").path("number").asLong() >= number + 2);
        JsonNode news = status("?after=" + number);
        assertThat(news.path("samples").path(0).path(0).asLong()).isEqualTo(number + 1);
        assertThat(news.path("events")).isEmpty();
        assertThat(names(news)).isEqualTo(names(all));
        for (String odd :
                List.of("?after=", "?after=x", "?after=-5", "?after=99999999999999999999")) {
            assertThat(status(odd).path("samples").path(0).path(0).asLong()).isZero();
        }
    }

    @Test
    @DisplayName(
            "answers while every connection is taken, and says so; a wait that is over is an event")
    void withoutPool() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> clients = new ArrayList<>();
        try (TableLock lock = new TableLock(stack.postgres())) {
            for (int i = 0; i < 3; i++) {
                clients.add(
                        stack.sendAsync(
                                stack.request("/api/warehouses").header("X-Request-Id", "w")));
            }
            Until.holds(
                    "one is refused", () -> clients.stream().anyMatch(CompletableFuture::isDone));
            // Who has a permit borrows a moment later, on a cold server a long one.
            Until.holds(
                    "both connections are lent",
                    () -> status("").path("state").asText().equals("saturated"));
            JsonNode status = status("");
            assertThat(status.path("pool").path("busy").asInt()).isEqualTo(2);
            assertThat(status.path("events").findValuesAsText("kind")).contains("pool-exhausted");
            assertThat(status.path("events").findValuesAsText("requestId")).contains("w");
            lock.release();
        }
        CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new)).join();
    }

    @Test
    @DisplayName("a hundred answers and pages cost the database nothing")
    void withoutDatabase() throws Exception {
        String lastQuery =
                "SELECT (extract(epoch FROM max(query_start)) * 1000000)::bigint"
                        + " FROM pg_stat_activity WHERE application_name = 'demeter'";
        // What the service asks by itself, every few seconds, may fall into a hundred.
        Until.holds(
                "a hundred pass without a query",
                () -> {
                    long before = Sql.number(stack.postgres(), lastQuery);
                    for (int i = 0; i < 100; i++) {
                        assertThat(stack.get(i % 2 == 0 ? STATUS : "/").statusCode())
                                .isEqualTo(200);
                    }
                    return Sql.number(stack.postgres(), lastQuery) == before;
                });
    }

    // Would break: who leaves the page open on a wall pays for it with what the service needs.
    @Test
    @Tag("proof") // it measures
    @Tag("quiet")
    @DisplayName("fifty open pages cost less than 2 % of a core")
    void cheap() throws Exception {
        long newest = status("").path("number").asLong();
        watch(300, newest, Duration.ofSeconds(40)); // until the compiler is done
        double idle = coreUsedWhile(() -> Thread.sleep(20_000));
        double watched = coreUsedWhile(() -> watch(50, newest, Duration.ofSeconds(20)));
        String figure = "50 open pages: %.1f %% of a core, none: %.1f %%".formatted(watched, idle);
        Files.writeString(stack.log().resolveSibling("status-figures.txt"), figure + "\n");
        assertThat(watched - idle).as(figure).isLessThan(2);
    }

    /** Asks as often in a second as that many pages do, evenly. */
    private static void watch(int pages, long first, Duration span) throws Exception {
        long began = System.nanoTime();
        long newest = first;
        for (long asked = 0; System.nanoTime() - began < span.toNanos(); asked++) {
            if (asked % pages == 0) {
                newest = status("?after=" + newest).path("number").asLong();
            }
            stack.sendAsync(stack.request(STATUS + "?after=" + newest));
            long next = began + Duration.ofSeconds(1).multipliedBy(asked + 1).toNanos() / pages;
            Thread.sleep(Math.max(0, (next - System.nanoTime()) / 1_000_000));
        }
    }

    /** In percent. */
    private static double coreUsedWhile(Watching watching) throws Exception {
        long began = System.nanoTime();
        Duration before = cpu();
        watching.run();
        return 100.0 * cpu().minus(before).toNanos() / (System.nanoTime() - began);
    }

    @FunctionalInterface
    private interface Watching {
        void run() throws Exception;
    }

    /** Of the server, and of its start script, which stays with WildFly. */
    private static Duration cpu() {
        ProcessHandle process = stack.server().process().toHandle();
        return Stream.concat(Stream.of(process), process.descendants())
                .map(each -> each.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }

    @ParameterizedTest
    @CsvSource({
        "/, text/html;charset=utf-8",
        "/page/style.css, text/css;charset=utf-8",
        "/page/main.js, text/javascript;charset=utf-8",
        "/page/icon.svg, image/svg+xml",
        "/page/operations.md, text/markdown;charset=utf-8"
    })
    @DisplayName(
            "each file has its type and its policy, and is sent again only when it has changed")
    void files(String path, String type) throws Exception {
        HttpResponse<String> answer = stack.get(path);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(header(answer, "Content-Type").toLowerCase(java.util.Locale.ROOT))
                .isEqualTo(type);
        assertThat(answer.headers().allValues("Content-Security-Policy"))
                .singleElement()
                .asString()
                .startsWith("default-src 'self';");
        assertThat(answer.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
        String etag = header(answer, "ETag");
        HttpResponse<String> known = stack.send(stack.request(path).header("If-None-Match", etag));
        assertThat(known.statusCode()).isEqualTo(304);
        assertThat(known.body()).isEmpty();
        assertThat(stack.send(stack.request(path).header("If-None-Match", "\"x\"")).statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"/", "/page/style.css", STATUS})
    @DisplayName("nothing can be written there")
    void readOnly(String path) throws Exception {
        HttpResponse<String> answer =
                stack.send(stack.request(path).POST(HttpRequest.BodyPublishers.ofString("x")));
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(header(answer, "Allow")).isEqualTo("GET, HEAD");
        assertThat(header(answer, "Content-Type")).isEqualTo("application/problem+json");
    }

    private static JsonNode status(String query) throws Exception {
        HttpResponse<String> answer = stack.get(STATUS + query);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
        return new JsonMapper().readTree(answer.body());
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }
}
