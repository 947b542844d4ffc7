package ai.demeter.fault;

import static java.net.http.HttpRequest.BodyPublishers.noBody;
import static java.net.http.HttpRequest.BodyPublishers.ofString;
import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.http.ProblemAssert;
import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.Until;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Commits of which nobody can say at first whether they were carried out. */
@Tag("fault")
class CommitIT {
    private static final String ALL = "/api/warehouses";
    private static final int SAMPLE = 19;
    private static final AtomicInteger CODES = new AtomicInteger();
    private static Stack stack;
    private static Postgres postgres;
    private static Proxy proxy;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.database("commit");
        Files.deleteIfExists(stack.log());
        postgres = stack.postgres();
        proxy = new Proxy(postgres.port());
        stack.startServer(
                // Each COMMIT is sent as text, so that the proxy knows it.
                Map.of(
                        "DATABASE_URL",
                        Postgres.url(proxy.port()) + "?prepareThreshold=0",
                        "DB_SOCKET_TIMEOUT",
                        "8"));
        stack.awaitReady();
    }

    @AfterAll
    static void stop() throws Exception {
        stack.close();
        proxy.close();
    }

    @BeforeEach
    void isWhole() throws Exception {
        synchronousStandby("");
        Until.holds("ready", () -> stack.server().readiness() == 200);
        Until.holds("20 connections", () -> Sessions.open(postgres) >= 20);
    }

    private static String nextCode() {
        return "C-" + CODES.incrementAndGet();
    }

    private static String warehouse(String code) {
        return "{\"code\":\"" + code + "\",\"name\":\"x\",\"type\":\"tunnel\"}";
    }

    private static long stored(String code) throws SQLException {
        return Sql.number(postgres, "SELECT count(*) FROM warehouse WHERE code = '" + code + "'");
    }

    private static boolean isCommit(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1).contains("COMMIT");
    }

    /** A standby by this name has to confirm each commit; none if it is empty. */
    private static void synchronousStandby(String name) throws SQLException {
        Sql.run(postgres, "ALTER SYSTEM SET synchronous_standby_names = '" + name + "'");
        Sql.run(postgres, "SELECT pg_reload_conf()");
    }

    private static void assertUnknown(HttpResponse<String> answer) throws Exception {
        ProblemAssert.assertThatProblem(answer).is(500, "outcome-unknown");
        // Would break: whatever repeats a request by itself stores it twice.
        assertThat(answer.headers().firstValue("Retry-After")).isEmpty();
    }

    /** The lines that were logged since; WildFly ends a coloured one within the next. */
    private static List<String> logged(int since) throws IOException {
        return Files.readString(stack.log()).substring(since).lines().toList();
    }

    private static int logged() throws IOException {
        return Files.readString(stack.log()).length();
    }

    // Would break: a client repeats what is stored, or gives up what is not.
    @Test
    @DisplayName(
            "A connection that breaks during the commit of a request without a key: outcome-unknown, and one line in the log")
    void cut() throws Exception {
        String code = nextCode();
        int before = logged();
        proxy.cutOnceAfter(code, CommitIT::isCommit);
        assertUnknown(stack.post(ALL, warehouse(code)));
        assertThat(proxy.hasCutOnce()).isTrue();
        Until.holds("carried out", () -> stored(code) == 1);
        Until.holds(
                "logged", () -> logged(before).stream().anyMatch(line -> line.contains("stored")));
        assertThat(logged(before))
                // WildFly resets the colour in a line of its own.
                .filteredOn(line -> line.matches(".*[a-z]{3}.*"))
                .singleElement()
                .asString()
                .contains("may or may not be stored");
    }

    // Would break: a write that is lost with the primary was answered 201.
    @Test
    @DisplayName(
            "A commit whose wait for the synchronous standby is cancelled is never answered 201")
    void waitCancelled() throws Exception {
        for (int i = 0; i < 4; i++) {
            String code = nextCode();
            synchronousStandby("nobody");
            CompletableFuture<HttpResponse<String>> answer =
                    stack.sendAsync(request("POST", ALL, warehouse(code)));
            Until.holds("waits for it", () -> cancelWaits() > 0);
            assertUnknown(answer.get());
            assertThat(stored(code)).isEqualTo(1);
            synchronousStandby("");
        }
    }

    // Would break: a client with a key is told that the outcome is unknown, or 201 without a
    // standby.
    @Test
    @DisplayName("The same with a key: answered 201 once the standby has confirmed a later commit")
    void waitCancelledWithKey() throws Exception {
        String code = nextCode();
        synchronousStandby("nobody");
        CompletableFuture<HttpResponse<String>> answer =
                stack.sendAsync(
                        request("POST", ALL, warehouse(code)).header("Idempotency-Key", code));
        for (int i = 0; i < 3; i++) { // the attempt, and those that look for its answer
            Until.holds("waits for it", () -> cancelWaits() > 0);
        }
        Until.holds("waits for it", () -> waits() > 0);
        assertThat(answer).isNotDone();
        synchronousStandby("");
        assertThat(answer.get().statusCode()).isEqualTo(201);
        assertThat(stored(code)).isEqualTo(1);
    }

    // Would break: writers use up all sessions that PostgreSQL allows, or a service that cannot
    // write stays in rotation.
    @Test
    @DisplayName(
            "The standby away under 30 writers: never 201, no more sessions than the pool may have, unconfirmed, and DOWN after 10 s")
    void standbyAway() throws Exception {
        synchronousStandby("nobody");
        long most = 0;
        try (Clients writers =
                new Clients(
                        30,
                        Integer.MAX_VALUE,
                        () -> Clients.post(stack, ALL, warehouse(nextCode())).call())) {
            Until.holds("unconfirmed", () -> databaseHealth().contains("\"unconfirmed\""));
            assertThat(stack.server().readiness()).isEqualTo(200);
            long until = System.nanoTime() + 20_000_000_000L; // more than twice DB_SOCKET_TIMEOUT
            while (System.nanoTime() - until < 0) {
                // Twice: a session that is closed takes a moment to end.
                long now = Sessions.open(postgres);
                Thread.sleep(100);
                most = Math.max(most, Math.min(now, Sessions.open(postgres)));
            }
            assertThat(databaseHealth()).contains("\"unconfirmed\"");
            assertThat(stack.server().readiness()).isEqualTo(503);
            assertThat(Clients.byStatus(writers.answers())).doesNotContainKey(201);
            synchronousStandby("");
            Until.holds("served", () -> stack.post(ALL, warehouse(nextCode())).statusCode() == 201);
        }
        assertThat(most).isLessThanOrEqualTo(30);
        Figures.record(stack, "standby away under 30 writers: most sessions", most);
        Until.holds("ready", () -> stack.server().readiness() == 200);
        assertThat(databaseHealth()).doesNotContain("unconfirmed");
    }

    private static String databaseHealth() throws Exception {
        return stack.get("/health/ready").body();
    }

    private static HttpRequest.Builder request(String method, String path, String body) {
        return stack.request(path)
                .header("Content-Type", "application/json")
                .method(method, body == null ? noBody() : ofString(body));
    }

    /** What is written while its commit is cut. */
    private enum Written {
        WITHOUT_KEY,
        POST,
        BATCH,
        PUT,
        DELETE;

        /** Prepares and sends it; whether it was cut, which is not so if there are fewer bytes. */
        boolean isAnsweredTruly(boolean toDatabase, int bytes) throws Exception {
            String code = nextCode();
            String path = ALL;
            if (this == PUT || this == DELETE) {
                path =
                        stack.post(ALL, warehouse(code))
                                .headers()
                                .firstValue("Location")
                                .orElseThrow();
            }
            HttpRequest.Builder request =
                    switch (this) {
                        case WITHOUT_KEY, POST -> request("POST", path, warehouse(code));
                        case BATCH -> request("POST", ALL + "/batch", "[" + warehouse(code) + "]");
                        case PUT, DELETE ->
                                request(name(), path, this == PUT ? warehouse(code) : null)
                                        .header("If-Match", "\"0\"");
                    };
            if (this != WITHOUT_KEY) {
                request.header("Idempotency-Key", code);
            }
            if (toDatabase) {
                proxy.cutOnceWithin(code, CommitIT::isCommit, bytes);
            } else {
                proxy.cutOnceWithinAnswer(code, CommitIT::isCommit, bytes);
            }
            HttpResponse<String> answer = stack.send(request);
            boolean wasCut = proxy.hasCutOnce();
            String where = this + (toDatabase ? " to" : " from") + " the database after " + bytes;
            if (this == WITHOUT_KEY && wasCut) {
                assertUnknown(answer);
                assertThat(stored(code)).as(where).isLessThanOrEqualTo(1);
            } else {
                int expected = this == PUT ? 200 : this == DELETE ? 204 : 201;
                assertThat(answer.statusCode()).as(where + answer.body()).isEqualTo(expected);
                assertThat(stored(code)).as(where).isEqualTo(this == DELETE ? 0 : 1);
            }
            if (this == PUT) {
                assertThat(
                                Sql.number(
                                        postgres,
                                        "SELECT version FROM warehouse WHERE code = '"
                                                + code
                                                + "'"))
                        .as(where)
                        .isEqualTo(1);
            }
            return wasCut;
        }
    }

    // Would break: a client hears of a duplicate that is its own row, of nothing definite, or of a
    // write that is not there.
    @ParameterizedTest
    @EnumSource
    @DisplayName("Cut at some bytes of the commit's exchange, there and back: each answer is true")
    void cutWithin(Written written) throws Exception {
        cutEvery(SAMPLE, written);
    }

    @Tag("proof")
    @ParameterizedTest
    @EnumSource
    @DisplayName("Cut at each byte of the commit's exchange, there and back: each answer is true")
    void cutAtEachByte(Written written) throws Exception {
        cutEvery(1, written);
    }

    private static void cutEvery(int step, Written written) throws Exception {
        int cuts = 0;
        for (boolean toDatabase : new boolean[] {true, false}) {
            int bytes = 0;
            while (written.isAnsweredTruly(toDatabase, bytes)) {
                bytes += step;
                cuts++;
            }
            assertThat(bytes).as("bytes of an exchange").isGreaterThan(20);
        }
        Figures.record(stack, "commit of " + written + " cut, every answer true: cuts", cuts);
    }

    private static long waits() throws SQLException {
        return Sql.number(
                postgres, "SELECT count(*) " + Sessions.POOL + " AND wait_event = 'SyncRep'");
    }

    private static long cancelWaits() throws SQLException {
        return Sql.number(
                postgres,
                "SELECT count(pg_cancel_backend(pid)) "
                        + Sessions.POOL
                        + " AND wait_event = 'SyncRep'");
    }
}
