package ai.demeter.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.demeter.fault.Clients.Answer;
import ai.demeter.run.PgBouncer;
import ai.demeter.run.Postgres;
import ai.demeter.run.Readiness;
import ai.demeter.run.Stack;
import ai.demeter.run.TableLock;
import ai.demeter.run.Until;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The service behind a real PgBouncer in transaction mode, which has fewer sessions than the pool
 * has connections. Would break: what holds with the database itself, without a word of the pooler.
 */
@Tag("fault")
class PgBouncerIT {
    private static final int SESSIONS = 5;

    private static Postgres postgres;
    private static PgBouncer pooler;
    private static Stack stack;
    private Recorder recorder;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(PgBouncer.installed().isPresent(), "PgBouncer is not installed");
        stack = Stack.database("pgbouncer");
        Files.deleteIfExists(stack.log());
        postgres = stack.postgres();
        pooler = PgBouncer.start(postgres, Map.of("default_pool_size", "" + SESSIONS));
        stack.startServer(Map.of("DATABASE_URL", pooler.url()));
        stack.awaitReady();
    }

    @AfterAll
    static void stop() throws Exception {
        if (stack != null) {
            stack.close();
            pooler.close();
        }
    }

    @BeforeEach
    void record() throws Exception {
        Until.holds("ready", () -> stack.server().readiness() == 200);
        recorder = new Recorder(stack, 1, Duration.ofMillis(50));
    }

    @AfterEach
    void nothingIsLost() throws Exception {
        recorder.stop();
        recorder.assertNothingLost();
    }

    private static Callable<Answer> list() {
        return Clients.get(stack, "/api/warehouses?limit=1");
    }

    private static Answer readiness() {
        return Clients.one(Clients.get(stack, "/health/ready"));
    }

    private static String said() throws Exception {
        return Files.readString(stack.log());
    }

    private static String json(String code) {
        return "{\"code\":\"" + code + "\",\"name\":\"Behind a pooler\",\"type\":\"tunnel\"}";
    }

    private static HttpResponse<String> send(
            String method, String path, String json, String... headers) throws Exception {
        return stack.send(
                stack.request(path)
                        .headers(headers)
                        .header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(json)));
    }

    @Test
    @DisplayName("Everything that clients do works through it, 200 of them at once as well")
    void roundTrip() throws Exception {
        for (int i = 0; i < 20; i++) { // enough for statements to be prepared, if they were
            HttpResponse<String> created =
                    send("POST", "/api/warehouses", json("R-" + i), "Idempotency-Key", "r-" + i);
            assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
            HttpResponse<String> again =
                    send("POST", "/api/warehouses", json("R-" + i), "Idempotency-Key", "r-" + i);
            assertThat(again.body()).isEqualTo(created.body());
            String path = created.headers().firstValue("Location").orElseThrow();
            path = path.substring(path.indexOf("/api/"));
            assertThat(stack.get(path).statusCode()).isEqualTo(200);
            assertThat(send("PUT", path, json("R-" + i), "If-Match", "\"0\"").statusCode())
                    .isEqualTo(200);
            assertThat(send("DELETE", path, "", "If-Match", "\"1\"").statusCode()).isEqualTo(204);
        }
        StringBuilder batch = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            batch.append(i == 0 ? "[" : ",").append(json("B-" + i));
        }
        assertThat(stack.post("/api/warehouses/batch", batch + "]").statusCode()).isEqualTo(201);
        try (Clients clients = new Clients(200, 4_000, list())) {
            assertThat(Clients.byStatus(clients.await())).isEqualTo(Map.of(200, 4_000));
        }
    }

    @Test
    @DisplayName(
            "It is noticed: the log says so, and each limit that did not arrive, and readiness has it")
    void noticed() throws Exception {
        assertThat(said())
                .contains("A pooler stands before the database")
                .contains("DB_STATEMENT_TIMEOUT (15 s) does not arrive")
                .contains("DB_LOCK_TIMEOUT (5 s) does not arrive")
                .contains("DB_IDLE_IN_TRANSACTION_TIMEOUT (60 s) does not arrive");
        // A test before may have left few of them for now.
        assertThat(Readiness.database(readiness().body()).path("pooled").asInt()).isBetween(1, 30);
    }

    // Would break: "Database lost", not ready, and 503 to everyone, for a table that is locked.
    @Test
    @DisplayName(
            "All its sessions behind a locked table: ready, nothing aborted, all answered after it")
    void busy() throws Exception {
        String before = said();
        try (TableLock lock = new TableLock(postgres);
                Clients inFlight = new Clients(20, 20, list())) {
            Sessions.awaitLocked(postgres, SESSIONS);
            long until = System.nanoTime() + Duration.ofSeconds(8).toNanos();
            while (System.nanoTime() < until) {
                Answer ready = readiness();
                assertThat(ready.status()).as(ready.body()).isEqualTo(200);
                assertThat(ready.took()).isLessThan(Duration.ofSeconds(2));
                assertThat(ready.body()).contains("\"saturated\"");
            }
            lock.release();
            assertThat(Clients.byStatus(inFlight.await())).isEqualTo(Map.of(200, 20));
        }
        assertThat(said().substring(before.length())).doesNotContain("Database lost");
    }

    @Test
    @Tag("proof")
    @DisplayName("Its sessions killed under load: no failed request")
    void killed() throws Exception {
        try (Clients clients = new Clients(20, 6_000, list())) {
            int killed = 0;
            while (clients.answered() < 5_000) {
                int before = clients.answered();
                killed += Sessions.killIdle(postgres);
                Until.holds("further requests", () -> clients.answered() > before + 500);
            }
            assertThat(Clients.byStatus(clients.await())).isEqualTo(Map.of(200, 6_000));
            Figures.record(stack, "behind PgBouncer: sessions killed, no request failed", killed);
        }
    }

    @Test
    @Tag("proof")
    @DisplayName(
            "Database restarted: refused within 2 s meanwhile, served within 4 s of its return")
    void restarted() throws Exception {
        try (Clients clients = new Clients(4, Integer.MAX_VALUE, list())) {
            Until.holds("requests", () -> clients.answered() > 100);
            postgres.close();
            Until.holds("not ready", () -> readiness().status() == 503);
            List<Answer> meanwhile = Clients.atOnce(50, list());
            assertThat(Clients.byStatus(meanwhile)).isEqualTo(Map.of(503, 50));
            assertThat(Clients.longest(meanwhile)).isLessThan(Duration.ofSeconds(2));
            postgres.start();
            Duration until = Until.holds("served", () -> Clients.one(list()).status() == 200);
            // The pooler itself tries again once a second here (server_login_retry).
            assertThat(until).isLessThan(Duration.ofSeconds(4));
            Figures.record(stack, "behind PgBouncer, restarted: served after its return", until);
            assertThat(Clients.byStatus(clients.stop())).containsOnlyKeys(200, 503);
        }
    }

    @Test
    @Tag("proof")
    @DisplayName(
            "Database frozen: refused within 10 s, not ready within 2 s, served within 2 s of the thaw")
    void databaseFrozen() throws Exception {
        frozen("database", postgres::freeze, postgres::thaw);
    }

    @Test
    @Tag("proof")
    @DisplayName("The pooler frozen: the same")
    void poolerFrozen() throws Exception {
        frozen("pooler", pooler::freeze, pooler::thaw);
    }

    private interface Change {
        void happens() throws Exception;
    }

    private void frozen(String what, Change freeze, Change thaw) throws Exception {
        freeze.happens();
        try (Clients lone = new Clients(1, 1, list())) {
            Answer ready = readiness();
            assertThat(ready.status()).isEqualTo(503);
            assertThat(ready.took()).isLessThan(Duration.ofSeconds(2));
            Answer answer = lone.await().get(0);
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.took()).isLessThan(Duration.ofSeconds(10));
            Figures.record(
                    stack, "behind PgBouncer, " + what + " frozen: a lone request", answer.took());
        } finally {
            thaw.happens();
        }
        Duration until = Until.holds("served", () -> Clients.one(list()).status() == 200);
        assertThat(until).isLessThan(Duration.ofSeconds(2));
        Figures.record(
                stack, "behind PgBouncer, " + what + " frozen: served after the thaw", until);
    }

    @Test
    @Tag("proof")
    @DisplayName("The pooler killed: refused within 2 s meanwhile, served within 2 s of its return")
    void poolerKilled() throws Exception {
        pooler.kill();
        try {
            Until.holds("not ready", () -> readiness().status() == 503);
            List<Answer> meanwhile = Clients.atOnce(20, list());
            assertThat(Clients.byStatus(meanwhile)).isEqualTo(Map.of(503, 20));
            assertThat(Clients.longest(meanwhile)).isLessThan(Duration.ofSeconds(2));
        } finally {
            pooler.start();
        }
        assertThat(Until.holds("served", () -> Clients.one(list()).status() == 200))
                .isLessThan(Duration.ofSeconds(2));
    }
}
