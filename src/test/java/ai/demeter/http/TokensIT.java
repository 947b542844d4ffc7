package ai.demeter.http;

import static ai.demeter.http.ProblemAssert.assertThatProblem;
import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.auth.BadTokens;
import ai.demeter.auth.TestIssuer;
import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.TableLock;
import ai.demeter.run.Until;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** With {@code AUTH_ISSUER}: who is let in, and what is known of them afterwards. */
class TokensIT {
    private static final String WAREHOUSES = "/api/warehouses";
    private static final AtomicInteger CODES = new AtomicInteger();
    private static TestIssuer issuer;
    private static Stack stack;

    @BeforeAll
    static void start() throws Exception {
        issuer = new TestIssuer();
        Map<String, String> environment = new HashMap<>();
        environment.put("AUTH_ISSUER", issuer.url());
        environment.put("AUTH_AUDIENCE", TestIssuer.AUDIENCE);
        environment.put("METRICS_AUTH", "true");
        environment.put("CORS_ORIGINS", "https://app.example.org");
        environment.put("DB_POOL_SIZE", "1");
        environment.put("DB_MAX_OVERFLOW", "0");
        environment.put("DB_POOL_TIMEOUT", "2");
        // The one connection is held for as long as the test likes.
        for (String limit : List.of("LOCK", "STATEMENT", "TRANSACTION", "SOCKET")) {
            environment.put("DB_" + limit + "_TIMEOUT", "300");
        }
        stack = Stack.start("tokens", environment);
    }

    @AfterAll
    static void stop() {
        stack.close();
        issuer.close();
    }

    // Would break: whoever may do nothing could take the connections of those who may.
    @Test
    @DisplayName("bad tokens are answered 401 while the one connection is held by another")
    void bad() throws Exception {
        Map<String, String> tokens = BadTokens.of(issuer);
        String good = "Bearer " + issuer.token(TestIssuer.ALL);
        CompletableFuture<HttpResponse<String>> holder;
        try (TableLock lock = new TableLock(stack.postgres())) {
            holder = stack.sendAsync(with(issuer.token(TestIssuer.ALL), WAREHOUSES));
            awaitHolder();
            assertThat(stack.send(with(issuer.token(TestIssuer.ALL), WAREHOUSES)).statusCode())
                    .as("the connection is held")
                    .isEqualTo(503);
            for (Map.Entry<String, String> bad : tokens.entrySet()) {
                unauthorized(bad.getKey(), with(bad.getValue(), WAREHOUSES), "invalid_token");
                unauthorized(
                        bad.getKey(),
                        with(bad.getValue(), WAREHOUSES).POST(body()),
                        "invalid_token");
            }
            unauthorized("none", stack.request(WAREHOUSES), null);
            unauthorized(
                    "none, as if the service asked itself",
                    stack.request(WAREHOUSES).header("Demeter-Rehearsal", "null"),
                    null);
            unauthorized("none, to a path that is not there", stack.request("/api/none"), null);
            unauthorized(
                    "none, with OPTIONS",
                    stack.request(WAREHOUSES)
                            .method("OPTIONS", HttpRequest.BodyPublishers.noBody()),
                    null);
            unauthorized("Basic", authorized("Basic YTpi", WAREHOUSES), null);
            unauthorized("empty", authorized("Bearer", WAREHOUSES), "invalid_token");
            unauthorized("two words", authorized(good + " x", WAREHOUSES), "invalid_token");
            unauthorized(
                    "two headers",
                    authorized(good, WAREHOUSES).header("Authorization", good),
                    "invalid_token");
            unauthorized(
                    "good and bad",
                    authorized(good, WAREHOUSES).header("Authorization", "Bearer x"),
                    "invalid_token");
            String query = WAREHOUSES + "?access_token=" + issuer.token(TestIssuer.ALL);
            unauthorized("in the query", stack.request(query), "invalid_token");
            unauthorized("in the query as well", authorized(good, query), "invalid_token");
            unauthorized(
                    "in a form",
                    stack.request(WAREHOUSES)
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(
                                    HttpRequest.BodyPublishers.ofString(
                                            "access_token=" + issuer.token(TestIssuer.ALL))),
                    null);
            refusedByTheServer();
        }
        assertThat(holder.get().statusCode()).isEqualTo(200);
    }

    /** What does not fit into a header at all never comes to Demeter. */
    private static void refusedByTheServer() throws InterruptedException {
        try {
            HttpResponse<String> answer = stack.send(with("x".repeat(1 << 20), WAREHOUSES));
            assertThat(answer.statusCode()).isIn(400, 401, 413, 431);
        } catch (IOException e) {
            assertThat(e).as("the server has closed the connection").isNotNull();
        }
    }

    private static void unauthorized(String name, HttpRequest.Builder request, String error)
            throws Exception {
        HttpResponse<String> answer = stack.send(request);
        assertThat(answer.statusCode()).as(name).isEqualTo(401);
        assertThatProblem(answer).is(401, "unauthorized");
        String challenge = answer.headers().firstValue("WWW-Authenticate").orElse("");
        assertThat(challenge).as(name).startsWith("Bearer realm=\"demeter\"");
        if (error == null) { // RFC 6750, section 3.1: nothing to say to who knew of no token
            assertThat(challenge).as(name).doesNotContain("error");
        } else {
            assertThat(challenge)
                    .as(name)
                    .contains("error=\"" + error + "\", error_description=\"");
        }
    }

    private static void awaitHolder() throws Exception {
        Until.holds(
                "a request holds the connection",
                () ->
                        Sql.number(
                                        stack.postgres(),
                                        "SELECT count(*) FROM pg_stat_activity"
                                                + " WHERE application_name = 'demeter' AND wait_event_type = 'Lock'")
                                > 0);
    }

    // Would break: a token to read with could delete.
    @Test
    @DisplayName("a token allows what its scopes and roles name, and the rest is 403")
    void permissions() throws Exception {
        String reader = issuer.token("demeter.read");
        String writer = issuer.token("demeter.write");
        assertThat(stack.send(with(reader, WAREHOUSES)).statusCode()).isEqualTo(200);
        assertThat(stack.send(with(writer, WAREHOUSES).POST(body())).statusCode()).isEqualTo(201);
        for (HttpRequest.Builder write :
                List.of(
                        with(reader, WAREHOUSES).POST(body()),
                        with(reader, WAREHOUSES + "/1").PUT(body()),
                        with(reader, WAREHOUSES + "/1").DELETE(),
                        with(reader, WAREHOUSES).method("PATCH", body()))) {
            forbidden(write, "demeter.write");
        }
        forbidden(with(writer, WAREHOUSES), "demeter.read");
        forbidden(with(writer, "/api/none"), "demeter.read");
        forbidden(with(issuer.token("demeter.reader"), WAREHOUSES), "demeter.read");
        String role =
                TestIssuer.sign(
                        issuer.key(),
                        issuer.claims().claim("roles", List.of("x", "demeter.read")).build());
        HttpResponse<String> answer = stack.send(with(role, WAREHOUSES));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    }

    private static void forbidden(HttpRequest.Builder request, String scope) throws Exception {
        HttpResponse<String> answer = stack.send(request);
        assertThatProblem(answer).is(403, "forbidden");
        assertThat(answer.headers().firstValue("WWW-Authenticate"))
                .contains(
                        "Bearer realm=\"demeter\", error=\"insufficient_scope\", scope=\""
                                + scope
                                + "\"");
    }

    @Test
    @DisplayName("health, the description and preflights need none; metrics need their own")
    void open() throws Exception {
        assertThat(stack.get("/health/ready").statusCode()).isEqualTo(200);
        assertThat(stack.get("/openapi").body())
                .contains("securitySchemes", "bearer", "urn:demeter:problem:unauthorized");
        HttpRequest.Builder preflight =
                stack.request(WAREHOUSES)
                        .header("Origin", "https://app.example.org")
                        .header("Access-Control-Request-Method", "POST")
                        .method("OPTIONS", HttpRequest.BodyPublishers.noBody());
        assertThat(stack.send(preflight).statusCode()).isEqualTo(204);
        unauthorized("metrics", stack.request("/api/metrics"), null);
        forbidden(with(issuer.token("demeter.read"), "/api/metrics"), "demeter.metrics");
        assertThat(stack.send(with(issuer.token("demeter.metrics"), "/api/metrics")).body())
                .contains("demeter_pool");
    }

    // Would break: nobody could say who changed what.
    @Test
    @DisplayName("who writes stands in the log and in the row")
    void whoWrote() throws Exception {
        HttpResponse<String> created = stack.send(with(by("alice"), WAREHOUSES).POST(body()));
        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(created.body()).doesNotContain("alice");
        String path = created.headers().firstValue("Location").orElseThrow();
        path = path.substring(path.indexOf("/api/"));
        long id = Long.parseLong(path.substring(path.lastIndexOf('/') + 1));
        assertThat(writers(id)).isEqualTo("alice alice");
        HttpRequest.Builder replace = with(by("bob"), path).header("If-Match", "\"0\"").PUT(body());
        assertThat(stack.send(replace).statusCode()).isEqualTo(200);
        assertThat(writers(id)).isEqualTo("alice bob");
        String log = Files.readString(stack.log());
        assertThat(log)
                .contains("POST /api/warehouses by alice: 201", "PUT " + path + " by bob: 200");
    }

    // Would break: the same for what comes by the million; a name that COPY reads otherwise.
    @Test
    @DisplayName("who loaded detections stands in each of them")
    void whoLoaded() throws Exception {
        Sql.run(
                stack.postgres(),
                "INSERT INTO warehouse (id, code, name, type, active, version, created_at,"
                        + " updated_at) VALUES (-1, 'WHO', 'n', 'tunnel', true, 0, now(), now())",
                "INSERT INTO area (id, warehouse_id, code, name, active, version, created_at,"
                        + " updated_at) VALUES (7, -1, 'WHO', 'n', true, 0, now(), now())");
        String name = "al\\ice \\N";
        HttpRequest.Builder load =
                with(by(name), "/api/detections?onError=report")
                        .setHeader("Content-Type", "text/csv")
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        "areaId,detectedAt,product,confidence,count\n"
                                                + "7,2026-01-02T03:04:05Z,Lavender,0.5,1\n"
                                                + "7,2026-01-02T03:04:06Z,Thyme,0.5,2\n"));
        HttpResponse<String> loaded = stack.send(load);
        assertThat(loaded.statusCode()).as(loaded.body()).isEqualTo(200);
        assertThat(Sql.texts(stack.postgres(), "SELECT created_by FROM detection"))
                .containsExactly(name, name);
    }

    // Would break: one caller could read the answer of another by guessing a key.
    @Test
    @DisplayName("an idempotency key is its subject's own")
    void keys() throws Exception {
        String body = "{\"code\":\"KEY-%s\",\"name\":\"Keys\",\"type\":\"tunnel\"}";
        HttpResponse<String> first = stack.send(keyed("alice", body.formatted("A")));
        HttpResponse<String> again = stack.send(keyed("alice", body.formatted("A")));
        HttpResponse<String> other = stack.send(keyed("bob", body.formatted("B")));
        assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(other.statusCode()).as(other.body()).isEqualTo(201);
        assertThatProblem(stack.send(keyed("bob", body.formatted("A")))).is(422, "key-reused");
    }

    private static HttpRequest.Builder keyed(String subject, String body) throws Exception {
        return with(by(subject), WAREHOUSES)
                .header("Idempotency-Key", "tokens-of-two-subjects")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private static String by(String subject) throws Exception {
        return TestIssuer.sign(
                issuer.key(),
                issuer.claims().subject(subject).claim("scope", TestIssuer.ALL).build());
    }

    private static String writers(long id) throws SQLException {
        return Sql.texts(
                        stack.postgres(),
                        "SELECT created_by || ' ' || updated_by FROM warehouse WHERE id = " + id)
                .get(0);
    }

    // Would break: each rotation of the issuer's key, and each of its outages, would be one here.
    @Test
    @DisplayName(
            "the issuer's key is rotated under load, then the issuer goes away: no failed request")
    void rotated() throws Exception {
        // An unknown key of another test may have been looked up just now (SigningKeys.PAUSE).
        Thread.sleep(Duration.ofSeconds(10).toMillis());
        AtomicReference<String> token = new AtomicReference<>(issuer.token(TestIssuer.ALL));
        AtomicInteger served = new AtomicInteger();
        AtomicBoolean enough = new AtomicBoolean();
        ExecutorService clients = Executors.newFixedThreadPool(4);
        List<Future<Integer>> failed =
                java.util.stream.Stream.generate(
                                () ->
                                        clients.submit(
                                                () -> {
                                                    int count = 0;
                                                    while (!enough.get()) {
                                                        int status =
                                                                stack.send(
                                                                                with(
                                                                                        token.get(),
                                                                                        WAREHOUSES))
                                                                        .statusCode();
                                                        count += status == 200 ? 0 : 1;
                                                        served.incrementAndGet();
                                                    }
                                                    return count;
                                                }))
                        .limit(4)
                        .toList();
        try {
            awaitMore(served);
            issuer.rotate();
            token.set(issuer.token(TestIssuer.ALL));
            awaitMore(served);
            issuer.withdrawOld();
            issuer.goAway();
            awaitMore(served);
            String unknown =
                    TestIssuer.sign(
                            new RSAKeyGenerator(2048).keyID("unknown").generate(),
                            issuer.claims().claim("scope", TestIssuer.ALL).build());
            unauthorized("unknown key, issuer away", with(unknown, WAREHOUSES), "invalid_token");
            awaitMore(served);
        } finally {
            enough.set(true);
            clients.shutdown();
        }
        for (Future<Integer> each : failed) {
            assertThat(each.get()).isZero();
        }
    }

    private static void awaitMore(AtomicInteger served) throws Exception {
        int until = served.get() + 200;
        Until.holds("200 more requests are served", () -> served.get() >= until);
    }

    private static HttpRequest.Builder with(String token, String path) {
        return authorized("Bearer " + token, path);
    }

    private static HttpRequest.Builder authorized(String value, String path) {
        return stack.request(path)
                .header("Content-Type", "application/json")
                .header("Authorization", value);
    }

    private static HttpRequest.BodyPublisher body() {
        return HttpRequest.BodyPublishers.ofString(
                "{\"code\":\"T-%d\",\"name\":\"Tokens\",\"type\":\"tunnel\"}"
                        .formatted(100 + CODES.incrementAndGet()));
    }
}
