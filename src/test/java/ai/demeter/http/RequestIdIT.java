package ai.demeter.http;

import static ai.demeter.http.ProblemAssert.assertThatProblem;
import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The id by which a client's answer and the server's log are brought together. */
class RequestIdIT {
    private static final String NEW = "[0-9a-f]{16}";
    private static final Pattern HEADER = Pattern.compile("(?im)^X-Request-Id: ?(.*?)\r?$");
    private static Stack stack;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.shared();
    }

    // Would break: a filter on some of the paths, or after one that answers itself.
    @ParameterizedTest
    @CsvSource({
        "/api/warehouses, 200",
        "/api/warehouses?limit=0, 400",
        "/api/warehouses/4242, 404",
        "/api/nope, 404",
        "/nope, 404",
        "/, 200"
    })
    @DisplayName("the client's own comes back with every answer")
    void given(String path, int status) throws Exception {
        for (String id : new String[] {"a", "Az09._-", "x".repeat(64)}) {
            HttpResponse<String> answer =
                    stack.send(stack.request(path).header("X-Request-Id", id));
            assertThat(answer.statusCode()).isEqualTo(status);
            assertThat(answer.headers().allValues("X-Request-Id")).containsExactly(id);
            if (status != 200) {
                assertThatProblem(answer);
            }
        }
    }

    // Would break: letting a client write into the log what it likes, or of any length.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a b",
                "a,b",
                "a\"b",
                "a/b",
                "${jndi:ldap://x}",
                "%0d%0aInjected: x",
                "\t",
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            })
    @DisplayName("one that is not usable is replaced")
    void replaced(String id) throws Exception {
        assertThat(sent("X-Request-Id: " + id + "\r\n")).matches(NEW);
    }

    // Would break: a check of letters that knows more of them than ASCII has.
    @ParameterizedTest
    @ValueSource(strings = {"\u00e4", "a\u0085b", "\u0661"})
    @DisplayName("so is one with other characters than ASCII; Payara refuses the request itself")
    void notAscii(String id) throws Exception {
        String answer = raw("X-Request-Id: " + id + "\r\n");
        assertThat(answer)
                .containsPattern("^HTTP/1.1 400 |(?m)^X-Request-Id: " + NEW + "\r?$")
                .doesNotContain(id);
    }

    // Would break: a header of two lines taken for an id.
    @Test
    @DisplayName("a header that goes on in another line, or the start of another header, is no id")
    void twoLines() throws Exception {
        assertThat(sent("X-Request-Id: a\r\nX-Injected: b\r\n")).isEqualTo("a");
        assertThat(raw("X-Request-Id: a\r\nX-Injected: b\r\n")).doesNotContain("X-Injected");
        assertThat(sent("X-Request-Id: a\r\n b\r\n")).matches(NEW);
    }

    // Would break: a generator that starts anew, or one id for all.
    @Test
    @DisplayName("without one each request gets its own")
    void made() throws Exception {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            ids.add(stack.get("/nope").headers().firstValue("X-Request-Id").orElseThrow());
        }
        assertThat(ids).hasSize(200).allMatch(id -> id.matches(NEW));
    }

    // Would break: a format of the text log without the names of threads.
    @Test
    @DisplayName("in the text log the id stands in the line of a 500, too")
    void inText() throws Exception {
        Sql.run(stack.postgres(), "ALTER TABLE warehouse RENAME TO hidden");
        try {
            HttpResponse<String> answer = stack.get("/api/warehouses");
            assertThatProblem(answer).is(500, "internal");
            String id = answer.headers().firstValue("X-Request-Id").orElseThrow();
            assertThat(Files.readAllLines(stack.log()))
                    .filteredOn(line -> line.contains("request " + id))
                    .singleElement()
                    .asString()
                    .contains("ai.demeter.http.ProblemMapper");
        } finally {
            Sql.run(stack.postgres(), "ALTER TABLE hidden RENAME TO warehouse");
        }
    }

    // Would break: a line for each request.
    @Test
    @DisplayName("nothing is logged of requests that are neither slow nor fail")
    void quiet() throws Exception {
        stack.send(stack.request("/api/warehouses/4242").header("X-Request-Id", "quiet-1"));
        stack.send(stack.request("/nope").header("X-Request-Id", "quiet-2"));
        assertThat(Files.readAllLines(stack.log()))
                .filteredOn(line -> line.contains("quiet-"))
                .allMatch(line -> line.contains("Slow statement: ")); // on a busy machine
    }

    private static String sent(String header) throws IOException {
        String answer = raw(header);
        Matcher matcher = HEADER.matcher(answer);
        assertThat(matcher.find()).as(answer).isTrue();
        return matcher.group(1);
    }

    private static String raw(String header) throws IOException {
        try (Socket socket = new Socket("localhost", stack.uri("/").getPort())) {
            socket.setSoTimeout(30_000);
            String request =
                    "GET /nope HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                            + header
                            + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
