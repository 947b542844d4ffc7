package ai.demeter.http;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.Until;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Every line of the table in docs/guarantees.md, "API", and every problem, answered on each server
 * as {@code answers.http} has it: byte for byte, but for times. What a client was written against
 * on one server would otherwise not work on the other.
 *
 * <p>In that file a line begins with {@code >} for a request ({@code >&} for one that is not waited
 * for), {@code <} for its answer, {@code !} for a statement of another session, and <code>
 * {{3 x}}</code> stands for {@code xxx}.
 */
class AnswersIT {
    private static final Path FILE = Path.of("src/test/resources/ai/demeter/http/answers.http");
    private static final List<String> HEADERS =
            List.of("Content-Type", "ETag", "Location", "Link", "Allow", "Retry-After");
    private static final Pattern TIME =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
    private static final Pattern REPEATED = Pattern.compile("\\{\\{(\\d+) (.)}}");

    private final ExecutorService background = Executors.newSingleThreadExecutor();
    private final StringBuilder transcript = new StringBuilder();
    private Stack stack;
    private Connection session;

    @Test
    @DisplayName("Each request is answered as answers.http has it")
    void sameOnEachServer() throws Exception {
        String expected = Files.readString(Path.of(System.getProperty("checkout")).resolve(FILE));
        try (Stack started =
                        Stack.start(
                                "answers",
                                Map.of(
                                        "DB_POOL_SIZE", "1",
                                        "DB_MAX_OVERFLOW", "0",
                                        "DB_POOL_TIMEOUT", "1",
                                        "DB_LOCK_TIMEOUT", "3",
                                        "STATUS_PAGE", "false"));
                Connection other = started.postgres().superuser()) {
            stack = started;
            session = other;
            play(expected.lines().toList());
        } finally {
            background.shutdown();
        }
        Path actual = stack.log().resolveSibling("answers.http");
        Files.writeString(actual, transcript);
        assertThat(transcript.toString())
                .as("%s, to become %s if it is what should be", actual, FILE)
                .isEqualTo(expected);
    }

    private void play(List<String> lines) throws Exception {
        List<String> request = new ArrayList<>();
        for (String line : lines) {
            boolean ofRequest = line.startsWith(">");
            if (!ofRequest && !request.isEmpty()) {
                send(request);
                request.clear();
            }
            if (line.startsWith("!")) {
                execute(line.substring(1).strip());
            }
            if (ofRequest) {
                request.add(line);
            }
            if (!line.startsWith("<")) {
                transcript.append(line).append('\n');
            }
        }
        if (!request.isEmpty()) {
            send(request);
        }
    }

    private void send(List<String> lines) throws Exception {
        if (lines.get(0).startsWith(">&")) {
            HttpRequest.Builder request = request(lines, 2);
            background.submit(() -> stack.send(request));
            awaitLockWaiter();
        } else {
            append(stack.send(request(lines, 1)));
        }
    }

    private HttpRequest.Builder request(List<String> lines, int prefix) {
        String[] start = lines.get(0).substring(prefix).strip().split(" ");
        HttpRequest.Builder request = stack.request(start[1]).header("X-Request-Id", "answers");
        int next = 1;
        while (next < lines.size() && !lines.get(next).equals(">")) {
            String[] header = lines.get(next++).substring(1).strip().split(": ", 2);
            request.header(header[0], header[1]);
        }
        String body =
                next == lines.size()
                        ? ""
                        : lines.get(next + 1).substring(1).strip().replace("\\0", "\0");
        String expanded =
                REPEATED.matcher(body)
                        .replaceAll(
                                found -> found.group(2).repeat(Integer.parseInt(found.group(1))));
        return request.method(
                start[0],
                body.isEmpty()
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(expanded));
    }

    private void append(HttpResponse<String> answer) throws IOException {
        transcript.append("< ").append(answer.statusCode()).append('\n');
        for (String header : HEADERS) {
            for (String value : answer.headers().allValues(header)) {
                transcript
                        .append("< ")
                        .append(header)
                        .append(": ")
                        .append(value.replace(stack.uri("/").resolve("/").toString(), "/"))
                        .append('\n');
            }
        }
        if (!answer.body().isEmpty()) {
            transcript
                    .append("<\n< ")
                    .append(TIME.matcher(answer.body()).replaceAll("TIME"))
                    .append('\n');
        }
    }

    private void execute(String sql) throws SQLException {
        session.setAutoCommit(!sql.startsWith("LOCK"));
        try (Statement statement = session.createStatement()) {
            statement.execute(sql);
        }
    }

    private void awaitLockWaiter() throws Exception {
        Until.holds(
                "the request waits for the lock",
                () ->
                        Sql.number(
                                        stack.postgres(),
                                        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                                > 0);
    }
}
