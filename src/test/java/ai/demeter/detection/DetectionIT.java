package ai.demeter.detection;

import static ai.demeter.http.ProblemAssert.assertThatProblem;
import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.Until;
import ai.demeter.storage.Nursery;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loads and exports as docs/guarantees.md has them. */
class DetectionIT {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String NDJSON = "application/x-ndjson";
    private static final String CSV = "text/csv";
    private static final String LOADS =
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'demeter' AND xact_start IS NOT NULL";
    private static Stack stack;
    private static Nursery nursery;
    private String area;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.shared();
        nursery = new Nursery(stack);
    }

    @BeforeEach
    void createArea() throws Exception {
        empty();
        area = Long.toString(Nursery.id(nursery.area(nursery.warehouse("GH-01"), "A-01")));
    }

    @AfterEach
    void empty() throws Exception {
        Until.holds("no load is left", () -> Sql.number(stack.postgres(), LOADS) == 0);
        Until.holds(
                "the pool is at rest",
                () ->
                        status().path("loads").isEmpty()
                                && status().path("pool").path("busy").asInt() == 0);
        Sql.run(stack.postgres(), "DELETE FROM detection");
        nursery.empty();
    }

    @Test
    @DisplayName("50,000 in one load are stored, and exported again as they were, by gzip as well")
    void roundTrip() throws Exception {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 50_000; i++) {
            rows.append(row(i));
        }
        HttpResponse<String> answer = load(NDJSON, "", rows.toString());
        assertThat(answer.body()).isEqualTo("{\"created\":50000}");
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(count()).isEqualTo(50_000);

        String csv = export(CSV, "?from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z");
        assertThat(csv).hasLineCount(50_001).startsWith("id,detectedAt,areaId,product,size,");
        Sql.run(stack.postgres(), "DELETE FROM detection");
        assertThat(load(CSV, "", csv).body()).isEqualTo("{\"created\":50000}");

        String json = export(NDJSON, "?month=2026-01");
        assertThat(json.lines().map(line -> line.replaceFirst("\"id\":\\d+,", "")).toList())
                .containsExactlyElementsOf(
                        rows.toString()
                                .lines()
                                .map(line -> line.replaceFirst("Z\"", ".000000Z\""))
                                .toList());
        HttpResponse<byte[]> compressed = exportBytes(NDJSON, "?month=2026-01", "gzip");
        assertThat(compressed.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(
                        new String(
                                new GZIPInputStream(new ByteArrayInputStream(compressed.body()))
                                        .readAllBytes(),
                                StandardCharsets.UTF_8))
                .isEqualTo(json);

        JsonNode middle = MAPPER.readTree(json.lines().skip(29_999).findFirst().orElseThrow());
        String after = middle.path("detectedAt").asText() + "," + middle.path("id");
        assertThat(export(NDJSON, "?month=2026-01&after=" + after)).hasLineCount(20_000);
        assertThat(export(NDJSON, "?month=2026-02")).isEmpty();
    }

    @Test
    @DisplayName("one wrong line, and nothing is stored; the first ones are named")
    void allOrNothing() throws Exception {
        String wrong = row(1).replace("\"count\":1", "\"count\":-1");
        String unknown = row(2).replace("\"areaId\":" + area, "\"areaId\":999999999999");
        StringBuilder rows = new StringBuilder(row(0) + wrong + unknown + "x\n");
        for (int i = 0; i < 20_000; i++) {
            rows.append(row(i));
        }
        assertThatProblem(load(NDJSON, "", rows.toString()))
                .is(400, "validation")
                .names("lines[2].count", "lines[3].areaId", "lines[4]");
        assertThat(count()).isZero();
    }

    @Test
    @DisplayName("onError=report stores what is good and says what is not: line, field and reason")
    void report() throws Exception {
        String csv =
                "areaId,detectedAt,product,size,confidence,count\n"
                        + "%1$s,2026-01-02T03:04:05Z,Rosa,,0.5,3\n%1$s,yesterday,Rosa,,0.5,3\n"
                        + "%1$s,2026-01-02T03:04:05Z,Rosa,,0.5,4\n";
        HttpResponse<String> answer = load(CSV, "?onError=report", csv.formatted(area));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo(
                        "{\"created\":2,\"refused\":1,\"errors\":[{\"line\":3,\"field\":\"detectedAt\","
                                + "\"message\":\"must be a time with its offset such as 2026-01-02T03:04:05Z, from 2000 to 2099\"}]}");
        assertThat(count()).isEqualTo(2);
    }

    @Test
    @DisplayName("a key, another media type, a format unknown and a load that is not are refused")
    void refused() throws Exception {
        assertThatProblem(
                        stack.send(
                                post(NDJSON, "", row(0))
                                        .header("Idempotency-Key", "a-key-of-mine")))
                .is(400, "validation")
                .names("Idempotency-Key");
        assertThatProblem(load("application/json", "", row(0))).is(415, "unsupported-media-type");
        assertThatProblem(load(NDJSON, "?onError=x", row(0)))
                .is(400, "validation")
                .names("onError");
        assertThatProblem(stack.send(stack.request("/api/detections/loads/9999999").DELETE()))
                .is(404, "not-found");
        assertThatProblem(stack.get("/api/detections?month=2026-13"))
                .is(400, "validation")
                .names("month");
        assertThat(load(NDJSON, "", "").body()).isEqualTo("{\"created\":0}");
        assertThat(count()).isZero();
    }

    // Would break: what a client has sent before it went away would be taken for all that it meant.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("a client that goes away in the middle leaves nothing behind")
    void clientCut(boolean chunked) throws Exception {
        try (Socket client = sending(chunked)) {
            awaitRows();
        }
        Until.holds("the load is over", () -> status().path("loads").isEmpty());
        assertThat(count()).isZero();
    }

    // Would break: half a load, acknowledged by another connection than the one that has it.
    @Test
    @DisplayName(
            "a database connection killed in the middle: a problem that says so, and nothing stored")
    void connectionKilled() throws Exception {
        try (Socket client = sending(true)) {
            awaitRows();
            assertThat(
                            Sql.number(
                                    stack.postgres(),
                                    LOADS.replace("count(*)", "count(pg_terminate_backend(pid))")))
                    .isOne();
            send(client.getOutputStream(), true, rows(30_000));
            client.getOutputStream().write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(answer(client))
                    .startsWith("HTTP/1.1 503 ")
                    .contains("urn:demeter:problem:database-unavailable");
        }
        assertThat(count()).isZero();
    }

    @Test
    @DisplayName(
            "a load shows in the status with its rows, and is cancelled while its client sends nothing")
    void cancelled() throws Exception {
        try (Socket client = sending(true)) {
            awaitRows();
            JsonNode load = status().path("loads").path(0);
            assertThat(load.path("of").asText()).isEqualTo("detections");
            assertThat(load.path("rowsPerSecond").asDouble()).isPositive();
            assertThat(
                            stack.send(
                                            stack.request(
                                                            "/api/detections/loads/"
                                                                    + load.path("id"))
                                                    .DELETE())
                                    .statusCode())
                    .isEqualTo(204);
            assertThat(answer(client))
                    .startsWith("HTTP/1.1 409 ")
                    .contains("urn:demeter:problem:cancelled");
        }
        assertThat(count()).isZero();
    }

    // Would break: slow loads would take the pool from everyone.
    @Test
    @DisplayName("more loads than a sixth of the pool are refused as overloaded, and others served")
    void most() throws Exception {
        List<Socket> clients =
                List.of(sending(true), sending(true), sending(true), sending(true), sending(true));
        try {
            Until.holds("all are under way", () -> status().path("loads").size() == 5);
            assertThatProblem(load(NDJSON, "", row(0))).is(503, "overloaded");
            assertThat(stack.get("/api/areas/" + area).statusCode()).isEqualTo(200);
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
        Until.holds("all are over", () -> status().path("loads").isEmpty());
        assertThat(load(NDJSON, "", row(0)).statusCode()).isEqualTo(201);
    }

    // Would break: a client takes the part of an export that it got for all of it.
    @Test
    @DisplayName("an export that fails in the middle ends with a problem, not as if it were whole")
    void brokenOff() throws Exception {
        Sql.run(
                stack.postgres(),
                "INSERT INTO detection (area_id, detected_at, product, confidence, count) SELECT "
                        + area
                        + ", '2026-01-01T00:00:00Z'::timestamptz + make_interval(secs => n), repeat('x', 200), 1, 1"
                        + " FROM generate_series(1, 100000) n");
        StringBuilder answer = new StringBuilder();
        try (Socket client = new Socket()) {
            client.setReceiveBufferSize(4096);
            client.connect(new InetSocketAddress("localhost", stack.uri("/").getPort()));
            client.setSoTimeout(30_000);
            client.getOutputStream()
                    .write(
                            "GET /api/detections HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(client.getInputStream().read()).isEqualTo('H');
            Sql.run(stack.postgres(), "ALTER TABLE detection RENAME TO detection_away");
            byte[] bytes = new byte[65_536];
            for (int read = 0; read >= 0; read = client.getInputStream().read(bytes)) {
                answer.append(new String(bytes, 0, read, StandardCharsets.US_ASCII));
                if (answer.indexOf("\r\n0\r\n\r\n", answer.length() - 7) >= 0) {
                    break;
                }
            }
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        } finally {
            Sql.run(stack.postgres(), "ALTER TABLE detection_away RENAME TO detection");
        }
        assertThat(answer).startsWith("TTP/1.1 200 ").hasSizeLessThan(28_000_000);
        assertThat(answer.substring(answer.length() - 1_000)).contains("urn:demeter:problem:");
    }

    /** A client that has sent some of a load, and has more. */
    private Socket sending(boolean chunked) throws IOException {
        Socket client = new Socket("localhost", stack.uri("/").getPort());
        client.setSoTimeout(30_000);
        client.getOutputStream()
                .write(
                        ("POST /api/detections HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                                        + NDJSON
                                        + "\r\n"
                                        + (chunked
                                                ? "Transfer-Encoding: chunked"
                                                : "Content-Length: 1000000000")
                                        + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
        send(client.getOutputStream(), chunked, rows(30_000));
        return client;
    }

    private static void send(OutputStream out, boolean chunked, String text) throws IOException {
        String size = Integer.toHexString(text.length()) + "\r\n";
        out.write((chunked ? size + text + "\r\n" : text).getBytes(StandardCharsets.US_ASCII));
    }

    private static String answer(Socket client) throws IOException {
        StringBuilder answer = new StringBuilder();
        byte[] bytes = new byte[8192];
        while (!answer.toString().contains("requestId")) {
            int read = client.getInputStream().read(bytes);
            if (read < 0) {
                break;
            }
            answer.append(new String(bytes, 0, read, StandardCharsets.UTF_8));
        }
        return answer.toString();
    }

    private static void awaitRows() throws Exception {
        Until.holds(
                "rows are on their way",
                () -> status().path("loads").path(0).path("rows").asLong() > 0);
    }

    private String rows(int count) {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < count; i++) {
            rows.append(row(i));
        }
        return rows.toString();
    }

    private String row(int i) {
        return "{\"detectedAt\":\"2026-01-%02dT%02d:%02d:%02dZ\",\"areaId\":%s,\"product\":\"Rosa \\\"%d\\\"\",\"size\":\"M\",\"confidence\":0.5,\"count\":%d}\n"
                .formatted(
                        1 + i / 86_400, i / 3600 % 24, i / 60 % 60, i % 60, area, i, i % 100_000);
    }

    private static HttpRequest.Builder post(String type, String query, String body) {
        return stack.request("/api/detections" + query)
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private static HttpResponse<String> load(String type, String query, String body)
            throws Exception {
        return stack.send(post(type, query, body));
    }

    private static String export(String type, String query) throws Exception {
        HttpResponse<byte[]> answer = exportBytes(type, query, null);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith(type);
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static HttpResponse<byte[]> exportBytes(String type, String query, String encoding)
            throws Exception {
        HttpRequest.Builder request =
                stack.request("/api/detections" + query).header("Accept", type);
        if (encoding != null) {
            request.header("Accept-Encoding", encoding);
        }
        HttpResponse<byte[]> answer =
                HttpClient.newHttpClient()
                        .send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).as(Arrays.toString(answer.body())).isEqualTo(200);
        return answer;
    }

    private static JsonNode status() throws Exception {
        return nursery.get("/api/status");
    }

    private static long count() throws SQLException {
        return Sql.number(stack.postgres(), "SELECT count(*) FROM detection");
    }
}
