package ai.demeter.fault;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.http.ProblemAssert;
import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.TableLock;
import ai.demeter.run.Until;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What is logged of requests that are slow or fail: what people look for when something is wrong.
 */
@Tag("fault")
class LogsIT {
    private static final String ALL = "/api/warehouses";
    private static final String SECRET = "SECRET-7F3A";
    private static final JsonMapper MAPPER = new JsonMapper();
    private static Stack stack;
    private static Postgres postgres;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.database("logs");
        Files.deleteIfExists(stack.log());
        postgres = stack.postgres();
        Sql.run(postgres, "ALTER ROLE demeter PASSWORD '" + SECRET + "'");
        stack.startServer(
                Map.of(
                        "DATABASE_PASSWORD", SECRET,
                        "DB_SLOW_STATEMENT", "900",
                        "DB_LOCK_TIMEOUT", "4",
                        "LOG_FORMAT", "json"));
        stack.awaitReady();
    }

    @AfterEach
    void mend() throws SQLException {
        Sql.run(
                postgres,
                "DROP TRIGGER IF EXISTS broken ON warehouse",
                "DROP FUNCTION IF EXISTS broken",
                "DELETE FROM warehouse");
    }

    // Would break: a formatter for part of the lines only, text of a start script, a println.
    @AfterAll
    static void everyLineIsJson() throws Exception {
        long losses = count("Database lost: ");
        long returns = count("Database regained after ");
        postgres.close();
        Until.holds("the loss is logged", () -> count("Database lost: ") == losses + 1);
        // Answered by the gate, which the request has to reach with its id.
        ProblemAssert.assertThatProblem(get("lost-1")).is(503, "database-unavailable");
        postgres.start();
        Until.holds("the return is logged", () -> count("Database regained after ") == returns + 1);
        stack.awaitReady();
        stack.close();
        List<String> lines = Files.readAllLines(stack.log());
        assertThat(lines)
                .hasSizeGreaterThan(20)
                // Payara's last word may come when its log manager has shut down already.
                .filteredOn(
                        line ->
                                !line.endsWith(" fish.payara.micro.impl.PayaraMicroImpl$1 run")
                                        && !line.equals("INFO: Payara Micro STOPPED."))
                .allSatisfy(line -> assertThat(MAPPER.readTree(line).isObject()).isTrue())
                .noneMatch(line -> line.contains(SECRET));
        // Would break: instances that share a database take each other's transactions for their
        // own.
        assertThat(count("WFLYTX0013")).isZero();
        assertThat(count("Configured: DATABASE_URL=")).isEqualTo(1);
        assertThat(count("Stopping on SIGTERM")).isEqualTo(1);
    }

    // Would break: a log of slow statements that misses batches or those that time out, and one
    // that logs statements with their values.
    @Test
    @DisplayName("a slow statement is one line with its duration, its text and the request's id")
    void slow() throws Exception {
        try (TableLock lock = new TableLock(postgres)) {
            assertThat(get("slow-1").statusCode()).isEqualTo(503);
            assertThat(post("slow-2").statusCode()).isEqualTo(503);
        }
        assertThat(lines("slow-1"))
                .singleElement()
                .asString()
                .matches("Slow statement: [1-9][0-9]{3} ms, failed \\(55P03\\): select .*=\\?");
        assertThat(lines("slow-2"))
                .filteredOn(line -> line.contains("insert"))
                .singleElement()
                .asString()
                .matches("Slow statement: [1-9][0-9]{3} ms, failed \\(55P03\\): insert .*\\?\\)");
    }

    // Would break: logging those that fail only.
    @Test
    @DisplayName("a statement that waits and then succeeds is slow, too")
    void slowButDone() throws Exception {
        CompletableFuture<HttpResponse<String>> answer;
        try (TableLock lock = new TableLock(postgres)) {
            answer = CompletableFuture.supplyAsync(() -> unchecked(() -> get("slow-3")));
            Until.holds(
                    "it has waited for as long",
                    () ->
                            Sql.number(
                                            postgres,
                                            "SELECT count(*) "
                                                    + Sessions.POOL
                                                    + " AND wait_event_type = 'Lock' AND state_change < clock_timestamp() - interval '1 s'")
                                    == 1);
        }
        assertThat(answer.join().statusCode()).isEqualTo(404);
        assertThat(lines("slow-3"))
                .singleElement()
                .asString()
                .matches("Slow statement: [0-9]{3,} ms: select .*=\\?");
    }

    // Would break: one failover leaves thousands of lines, and the one that says what happened is
    // lost among them.
    @Test
    @DisplayName("a restart of the database under load leaves few lines: one for each cause")
    void restartedUnderLoad() throws Exception {
        try (Recorder recorder = new Recorder(stack, 12, Duration.ZERO)) {
            recorder.awaitFurther(100);
            long before = raw("").size();
            long losses = count("Database lost: ");
            long returns = count("Database regained after ");
            postgres.close();
            Until.holds("the loss is logged", () -> count("Database lost: ") == losses + 1);
            postgres.start();
            Until.holds("the return is logged", () -> count("Database regained") == returns + 1);
            recorder.awaitFurther(100);
            recorder.stop();
            List<String> meanwhile = raw("").stream().skip(before).toList();
            Figures.record(stack, "restart under 12 writers: lines logged", meanwhile.size());
            // The loss, the return, and one for each commit whose outcome is not known.
            assertThat(meanwhile).hasSizeLessThanOrEqualTo(2 + 12 + 6);
        }
        stack.awaitReady();
    }

    // Would break: an id that the log does not have, or a log of the batch that failed.
    @Test
    @DisplayName(
            "a 500 is one line with the stack trace and the id that the client got, without values")
    void internal() throws Exception {
        breakInserts();
        HttpResponse<String> answer = post("internal-1");
        ProblemAssert.assertThatProblem(answer).is(500, "internal");
        assertThat(answer.headers().firstValue("X-Request-Id")).contains("internal-1");
        assertThat(lines("internal-1")).containsOnlyOnce("A request failed");
        assertThat(raw("internal-1"))
                .filteredOn(line -> line.contains("A request failed"))
                .singleElement()
                .asString()
                .contains("on purpose", "WarehouseResource")
                .doesNotContain("C-INTERNAL-1", "NAME-internal-1");
    }

    // Would break: an id kept where several requests, or the next one, find it.
    @Test
    @DisplayName("requests side by side have their own ids each, in answers and lines")
    void sideBySide() throws Exception {
        breakInserts();
        List<String> ids = IntStream.range(0, 60).mapToObj(i -> "side-" + i + "-end").toList();
        List<CompletableFuture<HttpResponse<String>>> answers =
                ids.stream()
                        .map(id -> CompletableFuture.supplyAsync(() -> unchecked(() -> post(id))))
                        .toList();
        for (int i = 0; i < ids.size(); i++) {
            HttpResponse<String> answer = answers.get(i).join();
            ProblemAssert.assertThatProblem(answer).is(500, "internal");
            assertThat(answer.headers().firstValue("X-Request-Id")).contains(ids.get(i));
            assertThat(lines(ids.get(i))).containsOnlyOnce("A request failed");
        }
    }

    private static void breakInserts() throws SQLException {
        Sql.run(
                postgres,
                "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS"
                        + " $$ BEGIN RAISE 'on purpose' USING ERRCODE = 'XX000'; END $$",
                "CREATE TRIGGER broken BEFORE INSERT ON warehouse FOR EACH ROW EXECUTE FUNCTION broken()");
    }

    private static HttpResponse<String> get(String id) throws Exception {
        return stack.send(stack.request(ALL + "/4242").header("X-Request-Id", id));
    }

    private static HttpResponse<String> post(String id) throws Exception {
        String body =
                "{\"code\":\"C-%s\",\"name\":\"NAME-%s\",\"type\":\"tunnel\"}"
                        .formatted(id.toUpperCase(java.util.Locale.ROOT), id);
        return stack.send(
                stack.request(ALL)
                        .header("X-Request-Id", id)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body)));
    }

    private static <T> T unchecked(java.util.concurrent.Callable<T> call) {
        try {
            return call.call();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The messages of a request, which are there when its answer is. */
    private static List<String> lines(String id) throws IOException {
        return raw("request " + id + "\"").stream().map(LogsIT::message).toList();
    }

    private static List<String> raw(String part) throws IOException {
        try (Stream<String> lines = Files.lines(stack.log())) {
            return lines.filter(line -> line.contains(part)).toList();
        }
    }

    private static long count(String start) throws IOException {
        try (Stream<String> lines = Files.lines(stack.log())) {
            return lines.filter(line -> line.contains("\"" + start)).count();
        }
    }

    /** As Payara names it, without and with a stack trace, and WildFly. */
    private static String message(String line) {
        try {
            JsonNode json = MAPPER.readTree(line);
            return Stream.of("/LogMessage", "/Throwable/Exception", "/message")
                    .map(json::at)
                    .filter(JsonNode::isTextual)
                    .findFirst()
                    .orElseThrow()
                    .textValue();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(line, e);
        }
    }
}
