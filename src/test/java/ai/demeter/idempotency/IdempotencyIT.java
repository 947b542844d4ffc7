package ai.demeter.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.http.ProblemAssert;
import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.Until;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Otherwise a client could not send again what it got no answer to. */
class IdempotencyIT {
    private static final String ALL = "/api/warehouses";
    private static final String BATCH = ALL + "/batch";
    private static final AtomicInteger CODES = new AtomicInteger();
    private static Stack stack;

    @BeforeAll
    static void start() throws Exception {
        stack =
                Stack.start(
                        "idempotency", Map.of("DB_LOCK_TIMEOUT", "3", "IDEMPOTENCY_HOURS", "2"));
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    private static String nextCode() {
        return "K-" + CODES.incrementAndGet();
    }

    private static String nextKey() {
        return UUID.randomUUID().toString();
    }

    private static String warehouse(String code) {
        return "{\"code\":\"" + code + "\",\"name\":\"x\",\"type\":\"tunnel\"}";
    }

    private static CompletableFuture<HttpResponse<String>> sendAsync(
            String method, String path, String key, String body, String... headers) {
        var request =
                stack.request(path)
                        .header("Idempotency-Key", key)
                        .header("Content-Type", "application/json")
                        .method(
                                method,
                                body == null
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body));
        return stack.sendAsync(headers.length == 0 ? request : request.headers(headers));
    }

    private static HttpResponse<String> send(
            String method, String path, String key, String body, String... headers)
            throws Exception {
        return sendAsync(method, path, key, body, headers).get(60, TimeUnit.SECONDS);
    }

    private static long stored(String code) throws SQLException {
        return Sql.number(
                stack.postgres(), "SELECT count(*) FROM warehouse WHERE code = '" + code + "'");
    }

    private static boolean isReplayed(HttpResponse<String> answer) {
        return answer.headers()
                .firstValue("Idempotency-Replayed")
                .equals(java.util.Optional.of("true"));
    }

    /** Sends it twice more than the first time: once before, once after others changed things. */
    private static void assertReplayed(HttpResponse<String> first, HttpResponse<String> again) {
        assertThat(isReplayed(first)).as("the first one is replayed").isFalse();
        assertThat(isReplayed(again)).as("%s %s", again.statusCode(), again.body()).isTrue();
        assertThat(again.statusCode()).isEqualTo(first.statusCode());
        assertThat(again.body()).isEqualTo(first.body());
        for (String header : List.of("Content-Type", "ETag", "Location", "Allow", "Link")) {
            assertThat(again.headers().allValues(header))
                    .isEqualTo(first.headers().allValues(header));
        }
    }

    // Would break: what was carried out is carried out again, or refused as a duplicate of itself.
    @Test
    @DisplayName("a POST sent again gets the first answer, byte for byte, and stores nothing")
    void post() throws Exception {
        String key = nextKey();
        String code = nextCode();
        HttpResponse<String> first = send("POST", ALL, key, warehouse(code));
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(first.headers().firstValue("Location")).isPresent();
        assertReplayed(first, send("POST", ALL, key, warehouse(code)));
        assertReplayed(first, send("POST", ALL, "\"" + key + "\"", warehouse(code)));
        assertThat(stored(code)).isEqualTo(1);
    }

    @Test
    @DisplayName("a batch sent again gets the first answer")
    void batch() throws Exception {
        String key = nextKey();
        String code = nextCode();
        String body = "[" + warehouse(code) + "," + warehouse(nextCode()) + "]";
        HttpResponse<String> first = send("POST", BATCH, key, body);
        assertThat(first.body()).isEqualTo("{\"created\":2}");
        assertReplayed(first, send("POST", BATCH, key, body));
        assertThat(stored(code)).isEqualTo(1);
    }

    // Would break: a change made twice is refused the second time, for the version is another.
    @Test
    @DisplayName(
            "a PUT and a DELETE sent again get the first answer, though all is different by then")
    void change() throws Exception {
        String code = nextCode();
        String path = ALL + "/" + id(send("POST", ALL, nextKey(), warehouse(code)));
        String put = nextKey();
        String delete = nextKey();
        HttpResponse<String> replaced =
                send("PUT", path, put, warehouse(code), "If-Match", "\"0\"");
        assertThat(replaced.statusCode()).isEqualTo(200);
        assertReplayed(replaced, send("PUT", path, put, warehouse(code), "If-Match", "\"0\""));
        HttpResponse<String> deleted = send("DELETE", path, delete, null, "If-Match", "\"1\"");
        assertThat(deleted.statusCode()).isEqualTo(204);
        assertReplayed(deleted, send("DELETE", path, delete, null, "If-Match", "\"1\""));
        assertReplayed(replaced, send("PUT", path, put, warehouse(code), "If-Match", "\"0\""));
        assertThat(stored(code)).isZero();
    }

    private static String id(HttpResponse<String> created) {
        return created.body().replaceAll(".*\"id\":(\\d+).*", "$1");
    }

    // Would break: a request that was refused succeeds when it is sent again, though its sender was
    // told that it did not.
    @Test
    @DisplayName("refusals that the request earned are stored too, also those of a batch")
    void refusals() throws Exception {
        String code = nextCode();
        send("POST", ALL, nextKey(), warehouse(code));
        String gone = ALL + "/999999999";
        assertRefusalReplayed(409, "POST", ALL, warehouse(code));
        assertRefusalReplayed(
                409, "POST", BATCH, "[" + warehouse(nextCode()) + "," + warehouse(code) + "]");
        assertRefusalReplayed(400, "POST", ALL, "{\"code\":\"?\"}");
        assertRefusalReplayed(400, "POST", ALL, "{");
        assertRefusalReplayed(400, "POST", BATCH, "[]");
        assertRefusalReplayed(404, "DELETE", gone, null, "If-Match", "\"0\"");
        assertRefusalReplayed(404, "PUT", gone, warehouse(code), "If-Match", "\"0\"");
        assertRefusalReplayed(404, "POST", "/api/nothing", warehouse(code));
        assertRefusalReplayed(405, "PUT", ALL, warehouse(code));
        assertRefusalReplayed(428, "DELETE", gone, null);
        String path = ALL + "/" + id(send("POST", ALL, nextKey(), warehouse(nextCode())));
        assertRefusalReplayed(412, "DELETE", path, null, "If-Match", "\"7\"");
        assertRefusalReplayed(412, "PUT", path, warehouse(code), "If-Match", "\"7\"");
        assertRefusalReplayed(409, "PUT", path, warehouse(code), "If-Match", "\"0\"");
        // Would break: what was refused because it was there already is refused when it is gone.
        String key = nextKey();
        HttpResponse<String> refused = send("POST", ALL, key, warehouse(code));
        Sql.run(stack.postgres(), "DELETE FROM warehouse WHERE code = '" + code + "'");
        assertReplayed(refused, send("POST", ALL, key, warehouse(code)));
        assertThat(stored(code)).isZero();
    }

    private static void assertRefusalReplayed(
            int status, String method, String path, String body, String... headers)
            throws Exception {
        String key = nextKey();
        HttpResponse<String> first = send(method, path, key, body, headers);
        assertThat(first.statusCode()).as(first.body()).isEqualTo(status);
        assertReplayed(first, send(method, path, key, body, headers));
    }

    // Would break: an error of a client's is answered with what another request did.
    @Test
    @DisplayName("the key with another method, path or body: 422 key-reused, and nothing is stored")
    void reused() throws Exception {
        String key = nextKey();
        String code = nextCode();
        String other = nextCode();
        String path = ALL + "/" + id(send("POST", ALL, key, warehouse(code)));
        assertReused(send("POST", ALL, key, warehouse(other)));
        assertReused(send("POST", ALL, key, "{"));
        assertReused(send("POST", BATCH, key, warehouse(code)));
        assertReused(send("PUT", path, key, warehouse(code), "If-Match", "\"0\""));
        assertReused(send("DELETE", path, key, null, "If-Match", "\"0\""));
        assertThat(stored(code)).isEqualTo(1);
        assertThat(stored(other)).isZero();
    }

    private static void assertReused(HttpResponse<String> answer) {
        ProblemAssert.assertThatProblem(answer).is(422, "key-reused");
        assertThat(isReplayed(answer)).isFalse();
    }

    // Would break: whoever sends again too early does twice what is under way.
    @Test
    @DisplayName(
            "while the first is at work the next one waits; 409 in-progress after DB_LOCK_TIMEOUT")
    void inProgress() throws Exception {
        String key = nextKey();
        String code = nextCode();
        CompletableFuture<HttpResponse<String>> first;
        CompletableFuture<HttpResponse<String>> patient;
        try (Connection other = stack.postgres().superuser();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SET lock_timeout = '10s'");
            // The first one has put its key in, and waits for this row's transaction.
            statement.execute(
                    "INSERT INTO warehouse SELECT nextval('warehouse_id_seq'), '"
                            + code
                            + "', 'x', 'tunnel', true, 0, now(), now()");
            first = sendAsync("POST", ALL, key, warehouse(code));
            awaitLocked(1);
            long asked = System.nanoTime();
            Thread.sleep(1_500);
            HttpResponse<String> refused = send("POST", ALL, key, warehouse(code));
            // The first one is given up after 3 s itself: the second then has the key, waits for
            // the
            // row, and is told that the database took too long.
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(first.get().statusCode()).isEqualTo(503);
            assertThat(Duration.ofNanos(System.nanoTime() - asked))
                    .isGreaterThan(Duration.ofSeconds(3));
            patient = sendAsync("POST", ALL, key, warehouse(code));
            awaitLocked(1);
            other.rollback();
        }
        assertThat(patient.get().statusCode()).isEqualTo(201);
        assertThat(stored(code)).isEqualTo(1);
        // Somebody who has put the key in, and takes his time.
        String taken = nextKey();
        try (Connection other = stack.postgres().superuser();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(
                    "INSERT INTO idempotency (key, digest) VALUES ('" + taken + "', '\\x00')");
            long asked = System.nanoTime();
            HttpResponse<String> refused = send("POST", ALL, taken, warehouse(nextCode()));
            ProblemAssert.assertThatProblem(refused).is(409, "in-progress");
            assertThat(Duration.ofNanos(System.nanoTime() - asked))
                    .isBetween(Duration.ofSeconds(3), Duration.ofSeconds(5));
            other.rollback();
        }
        assertThat(send("POST", ALL, taken, warehouse(nextCode())).statusCode()).isEqualTo(201);
    }

    private static void awaitLocked(int requests) throws Exception {
        Until.holds(
                "waits for the lock",
                () ->
                        Sql.number(
                                        stack.postgres(),
                                        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'demeter'"
                                                + " AND wait_event_type = 'Lock'")
                                == requests);
    }

    // Would break: impatient clients store several times, or are told of a duplicate of their own.
    @Test
    @DisplayName("20 clients with one key at once: one row, one first answer, 19 replays")
    void concurrent() throws Exception {
        for (int round = 0; round < 10; round++) {
            String key = nextKey();
            String code = nextCode();
            List<CompletableFuture<HttpResponse<String>>> answers =
                    Stream.generate(() -> sendAsync("POST", ALL, key, warehouse(code)))
                            .limit(20)
                            .toList();
            Map<String, Integer> count = new TreeMap<>();
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                HttpResponse<String> got = answer.get(60, TimeUnit.SECONDS);
                count.merge(
                        got.statusCode() + (isReplayed(got) ? " replayed" : ""), 1, Integer::sum);
                assertThat(got.body()).isEqualTo(answers.get(0).get().body());
            }
            assertThat(count).isEqualTo(Map.of("201", 1, "201 replayed", 19));
            assertThat(stored(code)).isEqualTo(1);
        }
    }

    // Would break: a passing fault of the service is what a client gets for a day.
    @Test
    @DisplayName("a failure of the service is not stored, nor anything that the request did")
    void failure() throws Exception {
        String key = nextKey();
        String code = nextCode();
        Sql.run(
                stack.postgres(),
                "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS"
                        + " $$ BEGIN RAISE 'on purpose' USING ERRCODE = 'XX000'; END $$",
                "CREATE TRIGGER broken AFTER INSERT ON warehouse FOR EACH ROW EXECUTE FUNCTION broken()");
        try {
            ProblemAssert.assertThatProblem(send("POST", ALL, key, warehouse(code)))
                    .is(500, "internal");
        } finally {
            Sql.run(stack.postgres(), "DROP TRIGGER broken ON warehouse", "DROP FUNCTION broken");
        }
        HttpResponse<String> answer = send("POST", ALL, key, warehouse(code));
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(isReplayed(answer)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "\"a", "a,b", "a;q=1"})
    @DisplayName("what is no key is refused, and the header named")
    void noKey(String key) throws Exception {
        HttpResponse<String> answer = send("POST", ALL, key, warehouse(nextCode()));
        ProblemAssert.assertThatProblem(answer).is(400, "validation");
        assertThat(answer.body()).contains("{\"field\":\"Idempotency-Key\"");
    }

    // Would break: a client that sends an old request again does it once more.
    @Test
    @DisplayName(
            "a UUIDv7 older than IDEMPOTENCY_HOURS is refused as expired, a younger one is not")
    void expired() throws Exception {
        HttpResponse<String> old =
                send("POST", ALL, madeBefore(Duration.ofMinutes(121)), warehouse(nextCode()));
        ProblemAssert.assertThatProblem(old).is(400, "validation");
        assertThat(old.body()).contains("Idempotency-Key", "expired");
        assertThat(
                        send(
                                        "POST",
                                        ALL,
                                        madeBefore(Duration.ofMinutes(119)),
                                        warehouse(nextCode()))
                                .statusCode())
                .isEqualTo(201);
    }

    private static String madeBefore(Duration age) {
        String time = "%012x".formatted(System.currentTimeMillis() - age.toMillis());
        return time.substring(0, 8) + "-" + time.substring(8) + "-7" + nextKey().substring(15);
    }

    // Would break: the table grows for ever, or answers are forgotten that were promised.
    @Test
    @DisplayName(
            "answers older than IDEMPOTENCY_HOURS and an hour more are removed, younger ones kept")
    void purged() throws Exception {
        Sql.run(
                stack.postgres(),
                "INSERT INTO idempotency (key, digest, status, headers, body, stored_at)"
                        + " SELECT 'old-' || n, '\\x00', 201, '', '', now() - interval '181 min' FROM generate_series(1, 2500) n",
                "INSERT INTO idempotency (key, digest, status, headers, body, stored_at)"
                        + " SELECT 'young-' || n, '\\x00', 201, '', '', now() - interval '175 min' FROM generate_series(1, 100) n");
        Until.holds("removed", () -> count("old-%") == 0);
        assertThat(count("young-%")).isEqualTo(100);
    }

    private static long count(String keys) throws SQLException {
        return Sql.number(
                stack.postgres(), "SELECT count(*) FROM idempotency WHERE key LIKE '" + keys + "'");
    }

    // Would break: reads leave rows behind.
    @Test
    @DisplayName("a key on a request that writes nothing by its method is ignored")
    void get() throws Exception {
        String key = nextKey();
        assertThat(isReplayed(send("GET", ALL, key, null))).isFalse();
        assertThat(isReplayed(send("GET", ALL, key, null))).isFalse();
        assertThat(
                        Sql.number(
                                stack.postgres(),
                                "SELECT count(*) FROM idempotency WHERE key = '" + key + "'"))
                .isZero();
    }
}
