package ai.demeter.fault;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.fault.Clients.Answer;
import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.TableLock;
import ai.demeter.run.Until;
import ai.demeter.storage.Nursery;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults that end the server or the database, under writes. */
@Tag("fault")
@Tag("proof")
class CrashIT {
    private static Stack stack;
    private static Postgres postgres;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.database("crash");
        postgres = stack.postgres();
        startServer();
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    @BeforeEach
    void isRunning() throws Exception {
        if (postgres.postmaster().isEmpty()) {
            postgres.start();
        }
        if (!stack.server().process().isAlive()) {
            startServer();
        }
        stack.awaitReady();
    }

    private static void startServer() throws Exception {
        stack.startServer(Map.of("SHUTDOWN_GRACE", "20", "DB_LOCK_TIMEOUT", "14"));
    }

    private static Callable<Answer> list() {
        return Clients.get(stack, "/api/warehouses?limit=1");
    }

    @Test
    @DisplayName(
            "Started with the database down: live, not ready, and ready by itself within 5 s of its return")
    void databaseDown() throws Exception {
        stack.server().close();
        postgres.close();
        startServer();
        assertThat(stack.server().awaitOk("/health/live", Duration.ofMinutes(5))).isTrue();
        Answer ready = Clients.one(Clients.get(stack, "/health/ready"));
        assertThat(ready.status()).isEqualTo(503);
        Until.holds("refused", () -> Clients.one(list()).status() == 503);
        postgres.start();
        Duration until = Until.holds("ready", () -> stack.server().readiness() == 200);
        Figures.record(stack, "started with the database down: ready after its return", until);
        assertThat(until).isLessThan(Duration.ofSeconds(5));
        assertThat(Sessions.open(postgres)).isGreaterThanOrEqualTo(20);
    }

    @Test
    @DisplayName(
            "The database killed under writes: every write answered 201 is there, and the service goes on by itself")
    void databaseKilled() throws Exception {
        try (Recorder recorder = new Recorder(stack, 8, Duration.ZERO)) {
            recorder.awaitFurther(300);
            postgres.kill();
            Until.holds("refused", () -> Clients.one(list()).status() == 503);
            postgres.start();
            recorder.awaitFurther(300);
            List<Answer> answers = recorder.stop();
            assertThat(Clients.byStatus(answers)).containsKeys(201, 503);
            assertThat(answers)
                    .filteredOn(answer -> answer.status() != 201 && answer.status() != 503)
                    .allMatch(
                            answer ->
                                    answer.body().contains("urn:demeter:problem:outcome-unknown"));
            recorder.assertNothingLost();
        }
    }

    // Would break: a client cannot tell whether the instance that stops has done what it asked for.
    private static void assertRefused(Answer answer) {
        if (answer.status() == 0) {
            assertThat(answer.body()).as("a lost answer").contains("Connection refused");
        } else {
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).contains("urn:demeter:problem:database-unavailable");
        }
    }

    @Test
    @DisplayName("The server killed under writes: every write answered 201 is there")
    void serverKilled() throws Exception {
        try (Recorder recorder = new Recorder(stack, 8, Duration.ZERO)) {
            recorder.awaitFurther(300);
            stack.server().kill();
            recorder.stop();
            recorder.assertNothingLost();
        }
    }

    // Would break: a part of a load counts as all of it, or keeps its connection for ever.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "The database or the server killed in the middle of a load: nothing of it is there, and the next is stored")
    void loadBrokenOff(boolean databaseKilled) throws Exception {
        Nursery nursery = new Nursery(stack);
        String area = nursery.area(nursery.warehouse("LOAD"), "A-1");
        byte[] row =
                ("{\"areaId\":%d,\"detectedAt\":\"2026-01-01T00:00:00Z\",\"product\":\"Rosa gallica\","
                                + "\"confidence\":0.5,\"count\":1}\n")
                        .formatted(Nursery.id(area))
                        .getBytes(StandardCharsets.US_ASCII);
        try (PipedOutputStream rows = new PipedOutputStream();
                PipedInputStream body = new PipedInputStream(rows, 1 << 16)) {
            CompletableFuture<HttpResponse<String>> load = load(() -> body);
            for (int i = 0; i < 30_000; i++) {
                rows.write(row);
            }
            Until.holds(
                    "rows are on their way",
                    () ->
                            nursery.get("/api/status").path("loads").path(0).path("rows").asLong()
                                    > 0);
            if (databaseKilled) {
                postgres.kill();
                rows.close();
                assertThat(load.get(1, TimeUnit.MINUTES).statusCode()).isEqualTo(503);
            } else {
                stack.server().kill();
                assertThat(load).failsWithin(Duration.ofMinutes(1));
            }
            isRunning();
            assertThat(Sql.number(postgres, "SELECT count(*) FROM detection")).isZero();
            Until.holds("it is over", () -> nursery.get("/api/status").path("loads").isEmpty());
            HttpResponse<String> next = load(() -> new ByteArrayInputStream(row)).get();
            assertThat(next.body()).isEqualTo("{\"created\":1}");
        } finally {
            Sql.run(postgres, "TRUNCATE detection");
            nursery.empty();
        }
    }

    private static CompletableFuture<HttpResponse<String>> load(Supplier<InputStream> body) {
        return stack.sendAsync(
                stack.request("/api/detections")
                        .header("Content-Type", "application/x-ndjson")
                        .POST(HttpRequest.BodyPublishers.ofInputStream(body)));
    }

    @Test
    @DisplayName(
            "SIGTERM: not ready at once, new requests refused, those in flight finished, all connections closed")
    void terminated() throws Exception {
        try (TableLock lock = new TableLock(postgres)) {
            try (Clients inFlight = new Clients(5, 5, list())) {
                Sessions.awaitLocked(postgres, 5);
                stack.server().process().destroy();
                Duration until = Until.holds("not ready", () -> stack.server().readiness() != 200);
                assertThat(until).isLessThan(Duration.ofSeconds(2));
                Figures.record(stack, "SIGTERM: not ready after", until);
                assertRefused(Clients.one(list()));
                lock.release();
                assertThat(Clients.byStatus(inFlight.await())).isEqualTo(Map.of(200, 5));
            }
        }
        Until.holds("the server has ended", () -> !stack.server().process().isAlive());
        Until.holds(
                "all connections closed",
                () ->
                        Sql.number(
                                        postgres,
                                        "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'demeter%'")
                                == 0);
    }
}
