package ai.demeter.fault;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.http.ProblemAssert;
import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.Until;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Commits of which nobody can say at first whether they were carried out. */
@Tag("fault")
class CommitIT {
    private static final String ALL = "/api/warehouses";
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
                Map.of("DATABASE_URL", Postgres.url(proxy.port()), "DB_LOCK_TIMEOUT", "8"));
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

    /** What is logged of the requests that a test sends, without what comes by itself. */
    private static List<String> logged(int since) throws IOException {
        try (Stream<String> lines = Files.lines(stack.log())) {
            return lines.skip(since).toList();
        }
    }

    private static int lines() throws IOException {
        return logged(0).size();
    }

    // Would break: a client repeats what is stored, or gives up what is not.
    @Test
    @DisplayName(
            "A connection that breaks during the commit of a request without a key: outcome-unknown, and one line in the log")
    void cut() throws Exception {
        String code = nextCode();
        proxy.cut(); // what is prepared on the server is not sent as text any more
        Until.holds("20 connections", () -> Sessions.open(postgres) >= 20);
        int before = lines();
        proxy.cutOnceAfter(CommitIT::isCommit);
        assertUnknown(stack.post(ALL, warehouse(code)));
        assertThat(proxy.hasCutOnce()).isTrue();
        Until.holds("carried out", () -> stored(code) == 1);
        Until.holds("logged", () -> lines() > before);
        assertThat(logged(before))
                .filteredOn(line -> !line.isBlank())
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
                    stack.sendAsync(
                            stack.request(ALL)
                                    .header("Content-Type", "application/json")
                                    .POST(
                                            java.net.http.HttpRequest.BodyPublishers.ofString(
                                                    warehouse(code))));
            Until.holds("waits for it", () -> cancelWaits() > 0);
            assertUnknown(answer.get());
            assertThat(stored(code)).isEqualTo(1);
            synchronousStandby("");
        }
    }

    private static long cancelWaits() throws SQLException {
        return Sql.number(
                postgres,
                "SELECT count(pg_cancel_backend(pid)) "
                        + Sessions.POOL
                        + " AND wait_event = 'SyncRep'");
    }
}
