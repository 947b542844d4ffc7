package ai.demeter.status;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.fault.Figures;
import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.TableLock;
import ai.demeter.run.Until;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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

    /** USER_HZ of Linux, in which /proc counts (proc_pid_stat(5)). */
    private static final double TICKS_A_SECOND = 100;

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

    // Would break: a chart with holes, and a page that a proxy or an EventSource cannot carry on.
    @Test
    @DisplayName("who accepts an event stream is sent each sample, from the one it has seen on")
    void stream() throws Exception {
        long seen = status("").path("number").asLong();
        HttpResponse<Stream<String>> answer = watch("?after=0", "" + seen).get();
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(header(answer, "Content-Type")).startsWith("text/event-stream");
        assertThat(header(answer, "Cache-Control")).isEqualTo("no-store");
        try (Stream<String> lines = answer.body()) {
            List<String> four = lines.limit(3 * 4).toList();
            long last = seen;
            for (int i = 0; i < four.size(); i += 3) {
                JsonNode news = new JsonMapper().readTree(four.get(i + 1).substring(6));
                assertThat(four.get(i)).isEqualTo("id: " + news.path("number").asLong());
                assertThat(four.get(i + 2)).isEmpty();
                for (JsonNode sample : news.path("samples")) {
                    assertThat(sample.path(0).asLong()).isEqualTo(++last);
                }
                assertThat(news.path("number").asLong()).isEqualTo(last);
            }
            assertThat(last).isGreaterThanOrEqualTo(seen + 3);
        }
    }

    // Would break: those who watch would keep from being served those who are watched.
    @Test
    @DisplayName("two hundred who watch are told every second, and hold no thread each")
    void watchers() throws Exception {
        List<Watching> watching = new ArrayList<>();
        long before = threads();
        try {
            for (int i = 0; i < 200; i++) {
                watching.add(new Watching());
            }
            assertThat(threads()).isLessThan(before + 40);
            List<Integer> told = watching.stream().map(each -> each.told.get()).toList();
            Until.holds(
                    "all are told three times more",
                    () ->
                            java.util.stream.IntStream.range(0, 200)
                                    .allMatch(i -> watching.get(i).told.get() >= told.get(i) + 3));
            assertThat(stack.get("/api/warehouses").statusCode()).isEqualTo(200);
        } finally {
            watching.forEach(Watching::close);
        }
        // Would break: a log full of those who have closed the page.
        for (int i = 0; i < 300; i++) {
            assertThat(stack.get(STATUS).statusCode()).isEqualTo(200);
        }
        assertThat(Files.readString(stack.log()))
                .doesNotContain("WELD-000225", "WELD-000335", "WELD-000714", "UT005088");
    }

    // Would break: who leaves the page open on a wall pays for it with what the service needs.
    @Test
    @Tag("proof") // it measures
    @Tag("quiet")
    @DisplayName("fifty open pages cost less than 2 % of a core")
    void cheap() throws Exception {
        usedBy(200, Duration.ofSeconds(30)); // until most of it is compiled
        double idle = usedBy(0, Duration.ofSeconds(20));
        double watched = usedBy(50, Duration.ofSeconds(20));
        String figure = "%.1f %% of a core, without: %.1f %%".formatted(watched, idle);
        Figures.record(stack, "50 open pages", figure);
        assertThat(watched - idle).as(figure).isLessThan(2);
    }

    /** In percent of a core, with that many open pages. */
    private static double usedBy(int pages, Duration span) throws Exception {
        List<Watching> watching = new ArrayList<>();
        for (int i = 0; i < pages; i++) {
            watching.add(new Watching());
        }
        long began = System.nanoTime();
        double before = cpu();
        Thread.sleep(span.toMillis());
        double used = 100e9 * (cpu() - before) / (System.nanoTime() - began);
        assertThat(watching).allMatch(each -> each.told.get() >= span.toSeconds() - 2);
        watching.forEach(Watching::close);
        return used;
    }

    private static CompletableFuture<HttpResponse<Stream<String>>> watch(String query, String seen)
            throws Exception {
        return HttpClient.newHttpClient()
                .sendAsync(
                        stack.request(STATUS + query)
                                .header("Accept", "text/event-stream")
                                .header("Last-Event-ID", seen)
                                .build(),
                        HttpResponse.BodyHandlers.ofLines());
    }

    /** An open page; it has been told once when it is made. */
    private static final class Watching implements AutoCloseable {
        private final AtomicInteger told = new AtomicInteger();
        private final Socket socket;

        private Watching() throws Exception {
            socket = new Socket(stack.uri("/").getHost(), stack.uri("/").getPort());
            socket.getOutputStream()
                    .write(
                            ("GET "
                                            + STATUS
                                            + " HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            BufferedReader lines =
                    new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            CompletableFuture<?> first = new CompletableFuture<>();
            Thread reader =
                    new Thread(
                            () -> {
                                try {
                                    for (String line = ""; line != null; line = lines.readLine()) {
                                        if (line.startsWith("id: ")) {
                                            told.incrementAndGet();
                                            first.complete(null);
                                        }
                                    }
                                } catch (IOException e) {
                                    first.completeExceptionally(e);
                                }
                            });
            reader.setDaemon(true);
            reader.start();
            first.get(30, TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static long threads() {
        return stack.server().processes().stream()
                .mapToLong(each -> Path.of("/proc", "" + each.pid(), "task").toFile().list().length)
                .sum();
    }

    /** In seconds, without the compilers', which are done sooner or later. */
    private static double cpu() throws Exception {
        double used = 0;
        for (ProcessHandle process : stack.server().processes()) {
            for (File task : Path.of("/proc", "" + process.pid(), "task").toFile().listFiles()) {
                String stat = Files.readString(task.toPath().resolve("stat"));
                String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
                String[] after = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                if (!name.startsWith("C1 Compiler") && !name.startsWith("C2 Compiler")) {
                    used += Long.parseLong(after[11]) + Long.parseLong(after[12]);
                }
            }
        }
        return used / TICKS_A_SECOND;
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
