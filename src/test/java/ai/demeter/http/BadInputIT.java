package ai.demeter.http;

import static ai.demeter.http.ProblemAssert.assertThatProblem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever clients send, by mistake or not: the right 4xx, the fields at fault, nothing stored, and
 * nothing given away. Otherwise a client's mistake would look like ours, or become ours.
 */
class BadInputIT {
    private static final String ALL = "/api/warehouses";
    private static final String BATCH = ALL + "/batch";
    private static final int MOST_BYTES = 8 << 20;
    private static final String SEEDLING = "\ud83c\udf31";
    private static final Pattern COMPLETE = Pattern.compile("(?s).*\r\n\r\n.*\\}.*");
    private static final JsonMapper MAPPER = new JsonMapper();
    private static Stack stack;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.shared();
    }

    @BeforeEach
    @AfterEach
    void empty() throws SQLException {
        Sql.run(stack.postgres(), "DELETE FROM warehouse");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "}",
                "[]",
                "null",
                "true",
                "1",
                "'text'",
                "\"text\"",
                "{'code':'GH-01'}",
                "{code:1}",
                "{\"code\":\"GH-01\"",
                "{\"code\":\"GH-01",
                "{\"code\":\"GH-01\\",
                "{\"code\":\"\\u12\"}",
                "{\"code\":\"\\x41\"}",
                "{\"code\":\"GH-01\",}",
                "{\"code\":\"GH-01\" \"name\":\"n\"}",
                "{\"code\":\"a\tb\"}",
                "{\"code\":NaN}",
                "{\"active\":TRUE}",
                "{\"active\":01}",
                "{\"x\":1e}",
                "{/* comment */}",
                "<xml/>",
                "code=GH-01",
                "{\"code\":\"GH-01\",\"name\":\"n\",\"type\":\"tunnel\"}{}",
                "{\"code\":\"GH-01\",\"name\":\"n\",\"type\":\"tunnel\"} x",
                "{\"code\":\"GH-01\",\"name\":\"n\",\"type\":\"tunnel\"}]",
                "{\"code\":\"GH-01\",\"code\":\"GH-02\",\"name\":\"n\",\"type\":\"tunnel\"}",
                "{\"code\":\"GH-01\",\"name\":\"n\",\"type\":\"tunnel\",\"x\":1,\"x\":2}"
            })
    @DisplayName("what is not one JSON object is malformed")
    void malformed(String body) throws Exception {
        refused(stack.post(ALL, body)).is(400, "malformed").at(ALL).names();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "{}", "1", "[", "[{},", "[{}]]", "[{\"a\":1,\"a\":2}]"})
    @DisplayName("and what is not one JSON array")
    void malformedBatch(String body) throws Exception {
        refused(stack.post(BATCH, body)).is(400, "malformed").at(BATCH).names();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{} | code name type",
                "{\"code\":null,\"name\":null,\"type\":null} | code name type",
                "{\"Code\":\"GH-01\",\"name\":\"n\",\"type\":\"tunnel\"} | code",
                "{\"code\":5,\"name\":\"n\",\"type\":\"tunnel\"} | code",
                "{\"code\":true,\"name\":\"n\",\"type\":\"tunnel\"} | code",
                "{\"code\":1.5,\"name\":\"n\",\"type\":\"tunnel\"} | code",
                "{\"code\":[\"GH-01\"],\"name\":\"n\",\"type\":\"tunnel\"} | code",
                "{\"code\":{\"a\":1},\"name\":\"n\",\"type\":\"tunnel\"} | code",
                "{\"code\":\"\",\"name\":\"n\",\"type\":\"tunnel\"} | code",
                "{\"code\":\"A\",\"name\":\"n\",\"type\":\"tunnel\"} | code",
                "{\"code\":\"gh-01\",\"name\":\"n\",\"type\":\"tunnel\"} | code",
                "{\"code\":\"GH 01\",\"name\":\"n\",\"type\":\"tunnel\"} | code",
                "{\"code\":\"GH-01\\n\",\"name\":\"n\",\"type\":\"tunnel\"} | code",
                "{\"code\":\"GH-01\\u0000\",\"name\":\"n\",\"type\":\"tunnel\"} | code",
                "{\"code\":\"GH-\\u0661\",\"name\":\"n\",\"type\":\"tunnel\"} | code",
                "{\"code\":\"ABCDEFGHIJKLMNOPQRSTU\",\"name\":\"n\",\"type\":\"tunnel\"} | code",
                "{\"code\":\"'; DROP TABLE warehouse; --\",\"name\":\"n\",\"type\":\"tunnel\"} | code",
                "{\"code\":\"GH-01\",\"name\":5,\"type\":\"tunnel\"} | name",
                "{\"code\":\"GH-01\",\"name\":\"\",\"type\":\"tunnel\"} | name",
                "{\"code\":\"GH-01\",\"name\":\" \\t\\n\\u3000\",\"type\":\"tunnel\"} | name",
                "{\"code\":\"GH-01\",\"name\":\"n\\u0000\",\"type\":\"tunnel\"} | name",
                "{\"code\":\"GH-01\",\"name\":\"n\\ud83c\",\"type\":\"tunnel\"} | name",
                "{\"code\":\"GH-01\",\"name\":\"\\udf31n\",\"type\":\"tunnel\"} | name",
                "{\"code\":\"GH-01\",\"name\":\"n\",\"type\":5} | type",
                "{\"code\":\"GH-01\",\"name\":\"n\",\"type\":0} | type",
                "{\"code\":\"GH-01\",\"name\":\"n\",\"type\":\"0\"} | type",
                "{\"code\":\"GH-01\",\"name\":\"n\",\"type\":\"\"} | type",
                "{\"code\":\"GH-01\",\"name\":\"n\",\"type\":\" \"} | type",
                "{\"code\":\"GH-01\",\"name\":\"n\",\"type\":\"GREENHOUSE\"} | type",
                "{\"code\":\"GH-01\",\"name\":\"n\",\"type\":\"castle\"} | type",
                "{\"code\":\"GH-01\",\"name\":\"n\",\"type\":{}} | type",
                "{\"code\":\"GH-01\",\"name\":\"n\",\"type\":[]} | type",
                "{\"code\":\"GH-01\",\"name\":\"n\",\"type\":\"tunnel\",\"active\":null} | active",
                "{\"code\":\"GH-01\",\"name\":\"n\",\"type\":\"tunnel\",\"active\":\"true\"} | active",
                "{\"code\":\"GH-01\",\"name\":\"n\",\"type\":\"tunnel\",\"active\":\"\"} | active",
                "{\"code\":\"GH-01\",\"name\":\"n\",\"type\":\"tunnel\",\"active\":1} | active",
                "{\"code\":\"GH-01\",\"name\":\"n\",\"type\":\"tunnel\",\"active\":1e99999} | active",
                "{\"code\":\"GH-01\",\"name\":\"n\",\"type\":\"tunnel\",\"active\":[true]} | active",
                "{\"code\":\"a\",\"name\":\" \",\"active\":true} | code name type"
            })
    @DisplayName("each member that is missing, null, of another type or out of range is named")
    void invalid(String body, String fields) throws Exception {
        refused(stack.post(ALL, body)).is(400, "validation").at(ALL).names(fields.split(" "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[null] | items[0]",
                "[1] | items[0]",
                "[[]] | items[0]",
                "[\"text\"] | items[0]",
                "[{\"code\":5}] | items[0].code items[0].name items[0].type",
                "[{\"code\":\"GH-01\",\"name\":\"n\",\"type\":\"tunnel\"},null] | items[1]",
                "[{\"code\":\"GH-01\",\"name\":\"n\",\"type\":\"tunnel\"},{\"active\":\"x\"}] | items[1].active items[1].code items[1].name items[1].type"
            })
    @DisplayName("in a batch with the index of the item")
    void invalidBatch(String body, String fields) throws Exception {
        refused(stack.post(BATCH, body)).is(400, "validation").at(BATCH).names(fields.split(" "));
    }

    @Test
    @DisplayName("nothing is changed by a PUT that is refused")
    void invalidPut() throws Exception {
        HttpResponse<String> created = stack.post(ALL, named("Greenhouse 1"));
        String path =
                java.net
                        .URI
                        .create(created.headers().firstValue("Location").orElseThrow())
                        .getPath();
        HttpRequest.Builder put =
                stack.request(path)
                        .header("If-Match", "\"0\"")
                        .header("Content-Type", "application/json");
        assertThatProblem(stack.send(put.PUT(BodyPublishers.ofString("{\"code\":\"a\"}"))))
                .is(400, "validation")
                .at(path)
                .names("code", "name", "type");
        assertThatProblem(stack.send(put.PUT(BodyPublishers.ofString("[")))).is(400, "malformed");
        assertThat(stack.get(path).body()).isEqualTo(created.body());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'; DROP TABLE warehouse; --",
                "1 OR 1=1",
                "%s ${jndi:ldap://x} #{1+1} {{7*7}}",
                "\\u0001\\u001f\\u007f\\u0085\\u2028\\uffff",
                "<script>alert(1)</script>"
            })
    @DisplayName("text that means something elsewhere is stored as text")
    void text(String name) throws Exception {
        HttpResponse<String> created = stack.post(ALL, named(name));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        HttpResponse<String> read =
                stack.get(
                        java.net
                                .URI
                                .create(created.headers().firstValue("Location").orElseThrow())
                                .getPath());
        assertThat(read.body()).isEqualTo(created.body());
        assertThat(MAPPER.readTree(read.body()).path("name").textValue())
                .isEqualTo(MAPPER.readValue("\"" + name + "\"", String.class));
    }

    @Test
    @DisplayName("200 characters are 200 code points, not bytes or halves of pairs")
    void length() throws Exception {
        refused(stack.post(ALL, named(SEEDLING.repeat(201)))).is(400, "validation").names("name");
        refused(stack.post(ALL, named("x".repeat(201)))).is(400, "validation").names("name");
        assertThat(stack.post(ALL, named(SEEDLING.repeat(200))).statusCode()).isEqualTo(201);
    }

    @Test
    @DisplayName("members that are not known are ignored, whatever they hold")
    void unknownMembers() throws Exception {
        String body =
                "{\"code\":\"GH-01\",\"name\":\"n\",\"type\":\"tunnel\",\"id\":7,\"version\":9,"
                        + "\"createdAt\":\"x\",\"\":null,\"huge\":1e400,\"digits\":"
                        + "9".repeat(900)
                        + ",\"deep\":"
                        + "[".repeat(400)
                        + "]".repeat(400)
                        + "}";
        HttpResponse<String> created = stack.post(ALL, body);
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        assertThat(created.body()).contains("\"version\":0").doesNotContain("deep", "huge");
    }

    @Test
    @DisplayName("nesting and numbers without end are refused before they cost anything")
    void bottomless() throws Exception {
        refused(stack.post(ALL, "{\"x\":" + "[".repeat(100_000))).is(400, "malformed");
        refused(stack.post(ALL, "{\"x\":".repeat(100_000))).is(400, "malformed");
        refused(stack.post(BATCH, "[".repeat(100_000))).is(400, "malformed");
        refused(stack.post(ALL, "{\"x\":" + "9".repeat(1_000_000) + "}")).is(400, "malformed");
        refused(stack.post(ALL, "{\"" + "x".repeat(1_000_000) + "\":1}")).is(400, "malformed");
    }

    @Test
    @DisplayName("an object of 1,000 members is read, one of 1,001 is refused, wherever it stands")
    void members() throws Exception {
        String known = "{\"code\":\"GH-01\",\"name\":\"n\",\"type\":\"tunnel\"";
        refused(stack.post(ALL, known + members(998) + "}")).is(400, "malformed");
        refused(stack.post(ALL, known + ",\"x\":{\"y\":1" + members(1_000) + "}}"))
                .is(400, "malformed");
        HttpResponse<String> created = stack.post(ALL, known + members(997) + "}");
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    }

    private static String members(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> ",\"m" + i + "\":0")
                .collect(Collectors.joining());
    }

    @Test
    @DisplayName(
            "texts, members and items without end, as many at once as are let in, leave the server its memory")
    void endless() throws Exception {
        String name = "x".repeat(MOST_BYTES - 60);
        String objects = "[" + "{},".repeat(MOST_BYTES / 3 - 2) + "{}]";
        String members = "{\"x\":{\"y\":0" + members(MOST_BYTES / 12) + "}}";
        allAtOnce(ALL, named(name), "malformed");
        allAtOnce(ALL, members, "malformed");
        allAtOnce(BATCH, objects, "validation");
    }

    private static void allAtOnce(String path, String body, String problem) throws Exception {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            answers.add(stack.sendAsync(json(path).POST(BodyPublishers.ofString(body))));
        }
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            refused(answer.get()).is(400, problem).at(path);
        }
        assertThat(stack.get("/health/ready").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"C328", "FF", "C0AF", "EDA080", "F4908080", "E28C"})
    @DisplayName("bytes that are no UTF-8 are malformed")
    void notUtf8(String hexadecimal) throws Exception {
        byte[] bad = java.util.HexFormat.of().parseHex(hexadecimal);
        byte[] body = named("@").getBytes(UTF_8);
        byte[] mixed = new byte[body.length - 1 + bad.length];
        int at = named("@").indexOf('@');
        System.arraycopy(body, 0, mixed, 0, at);
        System.arraycopy(bad, 0, mixed, at, bad.length);
        System.arraycopy(body, at + 1, mixed, at + bad.length, body.length - at - 1);
        refused(stack.send(json(ALL).POST(BodyPublishers.ofByteArray(mixed))))
                .is(400, "malformed")
                .at(ALL)
                .names();
    }

    @Test
    @DisplayName("a body of 8 MiB is read, announced or not")
    void largest() throws Exception {
        byte[] body = padded(MOST_BYTES);
        HttpResponse<String> announced =
                stack.send(json(ALL).POST(BodyPublishers.ofByteArray(body)));
        assertThat(announced.statusCode()).as(announced.body()).isEqualTo(201);
        empty();
        HttpResponse<String> chunked = stack.send(json(ALL).POST(chunked(body)));
        assertThat(chunked.statusCode()).as(chunked.body()).isEqualTo(201);
    }

    @Test
    @DisplayName("one byte more is refused, announced or not")
    void tooLarge() throws Exception {
        byte[] body = padded(MOST_BYTES + 1);
        refused(stack.send(json(ALL).POST(BodyPublishers.ofByteArray(body))))
                .is(413, "payload-too-large")
                .at(ALL)
                .names();
        refused(stack.send(json(ALL).POST(chunked(body)))).is(413, "payload-too-large").at(ALL);
        byte[] blanks = new byte[MOST_BYTES + 1];
        Arrays.fill(blanks, (byte) ' ');
        refused(stack.send(json(BATCH).POST(chunked(blanks)))).is(413, "payload-too-large");
    }

    // Would break: the server closes one direction only, and a client that sends all before it
    // reads waits for ever, with a socket of the server (XNIO, see InterruptedWait).
    @RepeatedTest(10)
    @DisplayName("who sends much more, and reads only then, is answered or cut off")
    void farTooLarge() throws Exception {
        byte[] body = padded(4 * MOST_BYTES);
        try {
            refused(stack.send(json(ALL).POST(BodyPublishers.ofByteArray(body))))
                    .is(413, "payload-too-large");
        } catch (IOException e) {
            assertThat(e).isNotInstanceOf(HttpTimeoutException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"8388609", "60000000", "1000000000000000"})
    @DisplayName("an announced length is enough to refuse, before a byte of it is sent")
    void announced(String length) throws Exception {
        assertThat(
                        raw(
                                "POST /api/warehouses HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                        + "Content-Type: application/json\r\nContent-Length: "
                                        + length
                                        + "\r\n\r\n"))
                .startsWith("HTTP/1.1 413 ")
                .contains("urn:demeter:problem:payload-too-large");
        nothingStored();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/xml",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "application/octet-stream",
                "text/json"
            })
    @DisplayName("another media type is not read")
    void mediaType(String type) throws Exception {
        refused(
                        stack.send(
                                stack.request(ALL)
                                        .header("Content-Type", type)
                                        .POST(BodyPublishers.ofString(named("n")))))
                .is(415, "unsupported-media-type")
                .at(ALL)
                .names();
    }

    @Test
    @DisplayName("what the client does not accept is not sent")
    void notAcceptable() throws Exception {
        refused(stack.send(stack.request(ALL).header("Accept", "text/html")))
                .is(406, "not-acceptable")
                .at(ALL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/page/",
                "/page/nope",
                "/nope",
                "/nope/",
                "/index.html",
                "/problem",
                "/api",
                "/api/",
                "/api/nope",
                "/api/application.wadl",
                "/api/warehouse",
                "/api/Warehouses",
                "/api/warehouses/1/nope",
                "/api/warehouses/0",
                "/api/warehouses/-1",
                "/api/warehouses/+1",
                "/api/warehouses/01",
                "/api/warehouses/1.0",
                "/api/warehouses/abc",
                "/api/warehouses/1%27%20OR%201=1",
                "/api/warehouses/1;a=b/x",
                "/api/warehouses/99999999999999999999",
                "/api/warehouses/999999999999999999",
                "/api/warehouses/9223372036854775808"
            })
    @DisplayName("a path that does not exist answers so, in the API and outside it")
    void unknownPath(String path) throws Exception {
        refused(stack.get(path)).is(404, "not-found").at(path).names();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/WEB-INF/web.xml", "/META-INF/persistence.xml", "/web-inf/beans.xml"})
    @DisplayName("what is in the WAR is not there for clients; WildFly itself says so")
    void inside(String path) throws Exception {
        HttpResponse<String> answer = stack.get(path);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).doesNotContain("xmlns", "persistence-unit");
    }

    @ParameterizedTest
    @CsvSource({"/nope, POST", "/nope/, DELETE", "/api/nope, PUT", "/api/warehouses/0, DELETE"})
    @DisplayName("whatever the method")
    void unknownPath(String path, String method) throws Exception {
        refused(stack.send(json(path).method(method, body(method)))).is(404, "not-found").at(path);
    }

    @ParameterizedTest
    @CsvSource({
        "/api/warehouses, PUT, GET HEAD OPTIONS POST",
        "/api/warehouses, DELETE, GET HEAD OPTIONS POST",
        "/api/warehouses, PATCH, GET HEAD OPTIONS POST",
        "/api/warehouses, FOO, GET HEAD OPTIONS POST",
        "/api/warehouses/batch, GET, OPTIONS POST",
        "/api/warehouses/batch, DELETE, OPTIONS POST",
        "/api/warehouses/1, POST, DELETE GET HEAD OPTIONS PUT",
        "/api/warehouses/1, PATCH, DELETE GET HEAD OPTIONS PUT"
    })
    @DisplayName("a method that a path does not have is refused with those that it has")
    void method(String path, String method, String allowed) throws Exception {
        HttpResponse<String> answer = stack.send(json(path).method(method, body(method)));
        refused(answer).is(405, "method-not-allowed").at(path).names();
        assertThat(answer.headers().firstValue("Allow"))
                .contains(String.join(", ", allowed.split(" ")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "limit 0",
                "limit 201",
                "limit -1",
                "limit abc",
                "limit 1.5",
                "limit 1%27%3B",
                "limit %00",
                "limit 99999999999999999999",
                "after abc",
                "after -1",
                "after 1%20OR%201=1",
                "after %00",
                "after %ED%A0%80",
                "after 99999999999999999999",
                "stale -1",
                "stale 1.5",
                "stale 301",
                "stale five",
                "stale %00",
                "type castle",
                "type GREENHOUSE",
                "type %00",
                "type tunnel%27%20OR%201=1--",
                "active 1",
                "active TRUE",
                "active yes",
                "active %00"
            })
    @DisplayName("a parameter that cannot be used is named")
    void parameter(String name, String value) throws Exception {
        refused(stack.get(ALL + "?" + name + "=" + value))
                .is(400, "validation")
                .at(ALL)
                .names(name);
    }

    @Test
    @DisplayName("characters that URLs do not have do no harm in a query that a Link repeats")
    void rawQuery() throws Exception {
        stack.post(
                BATCH,
                "[{\"code\":\"GH-01\",\"name\":\"n\",\"type\":\"tunnel\"},"
                        + "{\"code\":\"GH-02\",\"name\":\"n\",\"type\":\"tunnel\"}]");
        for (String query : new String[] {"x={a}", "x=%7Ba%7D", "x=%25zz", "x=+&x=%2B", "=&&"}) {
            String answer =
                    raw(
                            "GET /api/warehouses?limit=1&"
                                    + query
                                    + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(answer).as(query).containsPattern("^HTTP/1.1 (200|400) ");
            if (answer.startsWith("HTTP/1.1 200 ")) {
                assertThat(answer).as(query).contains("rel=\"next\"", "after=");
            }
        }
    }

    private static ProblemAssert refused(HttpResponse<String> answer) throws SQLException {
        nothingStored();
        return assertThatProblem(answer);
    }

    private static void nothingStored() throws SQLException {
        assertThat(Sql.number(stack.postgres(), "SELECT count(*) FROM warehouse"))
                .as("warehouses stored")
                .isZero();
    }

    private static HttpRequest.Builder json(String path) {
        return stack.request(path).header("Content-Type", "application/json");
    }

    private static String named(String name) {
        return "{\"code\":\"GH-01\",\"name\":\"" + name + "\",\"type\":\"tunnel\"}";
    }

    /** None for methods whose requests have none: Payara refuses one there (RFC 9110, 9.3). */
    private static HttpRequest.BodyPublisher body(String method) {
        return method.equals("GET") || method.equals("DELETE")
                ? BodyPublishers.noBody()
                : BodyPublishers.ofString(named("n"));
    }

    private static byte[] padded(int bytes) {
        byte[] body = new byte[bytes];
        Arrays.fill(body, (byte) ' ');
        byte[] json = named("n").getBytes(UTF_8);
        System.arraycopy(json, 0, body, bytes - json.length, json.length);
        return body;
    }

    private static HttpRequest.BodyPublisher chunked(byte[] body) {
        return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
    }

    /** For requests that an HTTP client does not send. */
    private static String raw(String request) throws IOException {
        try (Socket socket = new Socket("localhost", stack.uri("/").getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            StringBuilder answer = new StringBuilder();
            byte[] buffer = new byte[8192];
            // Not to the end of the stream: with part of the request missing, Payara keeps it open.
            while (!COMPLETE.matcher(answer).matches()) {
                int read = socket.getInputStream().read(buffer);
                if (read < 0) {
                    break;
                }
                answer.append(new String(buffer, 0, read, UTF_8));
            }
            return answer.toString();
        }
    }
}
