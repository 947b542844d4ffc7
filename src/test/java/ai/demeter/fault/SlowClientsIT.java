package ai.demeter.fault;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Stack;
import ai.demeter.run.Until;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients that send slowly, do not read, or only connect: everyone else is served as if they were
 * not there. Otherwise whoever likes could take the service from all others with a few connections.
 */
@Tag("fault")
@Tag("proof")
class SlowClientsIT {
    private static final Duration BODY_TIMEOUT = Duration.ofSeconds(5);
    private static final AtomicInteger CODES = new AtomicInteger();
    private static Stack stack;
    private static String warehouse;

    private static final String BODY =
            "POST /api/warehouses HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 100000\r\n\r\n{";
    private static final String CHUNKED =
            "POST /api/warehouses HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n";
    private static final String UNREAD =
            "GET /api/warehouses?limit=200 HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(20);

    /** An attack: so many clients that send a start, and then a part of it each second. */
    record Attack(String name, int clients, String start, String eachSecond) {
        @Override
        public String toString() {
            return clients + " that " + name;
        }
    }

    static Stream<Attack> attacks() {
        return Stream.of(
                new Attack("send a byte of a body each second", 30, BODY, " "),
                new Attack("send a byte of a body each second", 60, CHUNKED, "1\r\n \r\n"),
                new Attack("send a byte of a body each second", 300, BODY, " "),
                new Attack("send a byte of a body each second", 600, CHUNKED, "1\r\n \r\n"),
                new Attack("send a byte of headers each second", 600, "GET / HTTP/1.1\r\nX: ", "x"),
                new Attack("do not read their answers", 60, UNREAD, UNREAD),
                new Attack("only connect", 3_000, "", ""));
    }

    @BeforeAll
    static void start() throws Exception {
        stack =
                Stack.start(
                        "slow-clients",
                        Map.of("HTTP_BODY_TIMEOUT", Long.toString(BODY_TIMEOUT.toSeconds())));
        warehouse = "/api/warehouses/" + stored(post());
        StringBuilder batch = new StringBuilder("[");
        for (int i = 0; i < 200; i++) {
            batch.append(i == 0 ? "" : ",").append(named("n".repeat(200)));
        }
        assertThat(stack.post("/api/warehouses/batch", batch.append("]").toString()).statusCode())
                .isEqualTo(201);
        // Warm: what is slow later is so because of the attack.
        for (int i = 0; i < 200; i++) {
            othersAreServed();
        }
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    // Would break: whoever likes takes the service from all others with a few connections.
    @ParameterizedTest
    @MethodSource("attacks")
    @DisplayName("for some seconds")
    void briefly(Attack attack) throws Exception {
        suffer(attack, BODY_TIMEOUT.plusSeconds(1));
    }

    // Would break: what is kept for each such client runs out after some seconds.
    @Tag("proof")
    @Tag("quiet")
    @ParameterizedTest
    @MethodSource("attacks")
    @DisplayName("for a minute")
    void minute(Attack attack) throws Exception {
        suffer(attack, Duration.ofMinutes(1));
    }

    private static void suffer(Attack attack, Duration length) throws Exception {
        List<Long> gets = new ArrayList<>();
        List<String> posts = new ArrayList<>();
        long traced = stackTraceLines();
        long started = System.nanoTime();
        try (Sockets sockets = Sockets.open(stack.uri("/"), attack.clients())) {
            sockets.send(attack.start());
            if (!attack.eachSecond().isEmpty()) {
                sockets.everySecond(attack.eachSecond());
            }
            while (System.nanoTime() - started < length.toNanos()) {
                gets.add(othersAreServed());
                long asked = System.nanoTime();
                HttpResponse<String> posted = post();
                posts.add(posted.statusCode() + " after " + millisSince(asked) + " ms");
                // In this time at the latest, and one way or the other.
                assertThat(millisSince(asked)).isLessThan(BODY_TIMEOUT.toMillis());
                assertThat(posted.statusCode()).as(posted.body()).isIn(201, 503);
                if (posted.statusCode() == 503) {
                    assertThat(posted.body()).contains("urn:demeter:problem:overloaded");
                    assertThat(posted.headers().firstValue("Retry-After")).isPresent();
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
        long ended = System.nanoTime();
        Until.holds("a POST is stored again", () -> post().statusCode() == 201);
        Figures.record(
                stack,
                "slow clients, %s: slowest get, health or metrics; posts stored; as before after"
                        .formatted(attack),
                "%d ms; %d of %d; %d ms"
                        .formatted(
                                gets.stream().mapToLong(each -> each).max().orElse(0),
                                posts.stream().filter(each -> each.startsWith("201")).count(),
                                posts.size(),
                                millisSince(ended)));
        assertThat(millisSince(ended)).as("as before after the end").isLessThan(2_000);
        assertThat(gets).as("milliseconds").allMatch(millis -> millis < 2_000);
        assertThat(stackTraceLines() - traced)
                .as("lines of stack traces, by which a client could fill a disk")
                .isLessThan(200);
    }

    private static long stackTraceLines() throws IOException {
        try (Stream<String> lines = Files.lines(stack.log())) {
            return lines.filter(line -> line.startsWith("\tat ")).count();
        }
    }

    // Would break: a client that stops in the middle would keep its thread for the server's own
    // limit of each read, 30 s and 90 s.
    @Test
    @DisplayName("a body that does not arrive in time is answered 408 then, with Connection: close")
    void tooLate() throws Exception {
        try (Sockets announced = Sockets.open(stack.uri("/"), 5);
                Sockets chunked = Sockets.open(stack.uri("/"), 5)) {
            announced.send(BODY);
            chunked.send(CHUNKED);
            long sent = System.nanoTime();
            List<String> answers = new ArrayList<>();
            Until.holds(
                    "all are answered",
                    () -> {
                        Stream.of(announced, chunked)
                                .flatMap(sockets -> sockets.answers().stream())
                                .filter(part -> part.startsWith("HTTP/1.1 ")) // not the rest
                                .forEach(answers::add);
                        return answers.size() == 10;
                    });
            assertThat(millisSince(sent))
                    .isBetween(BODY_TIMEOUT.toMillis() - 500, BODY_TIMEOUT.toMillis() + 2_000);
            assertThat(answers)
                    .allMatch(answer -> answer.startsWith("HTTP/1.1 408 "))
                    .allMatch(answer -> answer.contains("urn:demeter:problem:request-timeout"))
                    .allMatch(
                            answer ->
                                    answer.toLowerCase(Locale.ROOT).contains("connection: close"));
            // Would break: a socket that is closed in one direction stays the server's, and whoever
            // still sends waits for ever. Payara lets them for half a minute.
            Until.holds(
                    "all are cut off",
                    () -> announced.send(" ").cutOff() + chunked.send("1\r\n \r\n").cutOff() == 10);
        }
    }

    static Stream<String> framings() {
        return Stream.of(
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "Transfer-Encoding: gzip",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity");
    }

    // Would break: of two that handle a request, such as a balancer and the server, one takes as
    // its body what is the next request to the other (RFC 9112, section 11.2). Payara serves what
    // follows after its answer, so that one try would see nothing.
    @ParameterizedTest
    @MethodSource("framings")
    @DisplayName("a request whose end is not certain is refused, and what follows it not read")
    void notOneEnd(String framing) throws Exception {
        String smuggled =
                "DELETE " + warehouse + " HTTP/1.1\r\nHost: localhost\r\nIf-Match: \"0\"\r\n\r\n";
        String request =
                "POST /api/warehouses HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + framing
                        + "\r\n\r\n";
        for (int i = 0; i < 5; i++) {
            for (String body : List.of("2\r\n{}\r\n0\r\n\r\n" + smuggled, smuggled)) {
                String answers = answersUntilClosed(request + body);
                assertThat(answers).matches("(?s)HTTP/1.1 (400|501) .*");
                assertThat(answers.split("HTTP/1.1 ", -1)).as("one answer").hasSize(2);
                assertThat(stack.get(warehouse).statusCode()).isEqualTo(200);
            }
        }
    }

    private static String answersUntilClosed(String request) throws IOException {
        try (Socket socket = new Socket("localhost", stack.uri("/").getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The slowest of a get, the probes and the metrics, in milliseconds. */
    private static long othersAreServed() throws Exception {
        long slowest = 0;
        for (String path : List.of(warehouse, "/health/live", "/health/ready", "/api/metrics")) {
            long asked = System.nanoTime();
            HttpResponse<String> answer = stack.get(path);
            assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
            slowest = Math.max(slowest, millisSince(asked));
        }
        return slowest;
    }

    private static HttpResponse<String> post() throws Exception {
        return stack.send(
                stack.request("/api/warehouses")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(named("Greenhouse"))));
    }

    private static String named(String name) {
        return "{\"code\":\"SLOW-%d\",\"name\":\"%s\",\"type\":\"tunnel\"}"
                .formatted(CODES.incrementAndGet(), name);
    }

    private static String stored(HttpResponse<String> created) {
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        return created.body().replaceAll("(?s)\\{\"id\":(\\d+).*", "$1");
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }
}
