package ai.demeter.http;

import static ai.demeter.http.ProblemAssert.assertThatProblem;
import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Postgres;
import ai.demeter.run.Stack;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be reached of a server from outside, with the database at an IPv6 address. */
class SurfaceIT {
    private static final String ORIGIN = "https://app.example.org";
    private static final String LISTENS = "0A"; // the state of a socket in /proc/net/tcp
    private static Stack stack;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.database("surface");
        try {
            stack.startServer(
                    Map.of(
                            "DATABASE_URL",
                            "jdbc:postgresql://[::1]:"
                                    + stack.postgres().port()
                                    + "/"
                                    + Postgres.DATABASE,
                            "CORS_ORIGINS",
                            "http://localhost:3000, " + ORIGIN));
            stack.awaitReady();
        } catch (Exception | Error e) {
            stack.close();
            throw e;
        }
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    // Would break: a management console, a self-signed HTTPS or a cluster that nobody asked for;
    // and a second server on the machine, which finds such a port taken.
    @Test
    @DisplayName("the server listens on HTTP_PORT and on nothing else")
    void onePort() throws IOException {
        assertThat(listeningPorts(stack.server().processes()))
                .containsExactly(stack.uri("/").getPort());
    }

    @Test
    @DisplayName("it is reached by IPv6 as well, and reaches its database so")
    void ipv6() throws Exception {
        URI uri = URI.create("http://[::1]:" + stack.uri("/").getPort() + "/health/ready");
        HttpResponse<String> answer = stack.send(HttpRequest.newBuilder(uri));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    // Would break: a browser that takes an answer for a page or a script.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/warehouses",
                "/api/warehouses/0",
                "/api/metrics",
                "/api/status",
                "/health/ready",
                "/none"
            })
    @DisplayName(
            "answers are what they say, may do nothing in a browser, and do not name the server")
    void headers(String path) throws Exception {
        HttpResponse<String> answer = stack.get(path);
        assertThat(answer.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
        assertThat(answer.headers().allValues("Content-Security-Policy"))
                .containsExactly("default-src 'none'; frame-ancestors 'none'");
        assertThat(answer.headers().map()).doesNotContainKeys("server", "x-powered-by");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/openapi", "/WEB-INF/web.xml"})
    @DisplayName("so is what the server itself answers")
    void headersOfTheServer(String path) throws Exception {
        HttpResponse<String> answer = stack.get(path);
        assertThat(answer.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
        assertThat(answer.headers().map()).doesNotContainKeys("server", "x-powered-by");
    }

    // Would break: a login of WildFly's, or figures of the server's, that nobody looks after.
    @ParameterizedTest
    @ValueSource(
            strings = {"/wildfly-services", "/metrics", "/metrics/base", "/management", "/console"})
    @DisplayName("what the servers offer beside the application is not there")
    void notThere(String path) throws Exception {
        assertThatProblem(stack.get(path)).is(404, "not-found").at(path);
    }

    // Would break: an orchestrator that reads the state of one server and not that of the other.
    @Test
    @DisplayName("health is the same on both servers, byte for byte")
    void health() throws Exception {
        HttpResponse<String> answer = stack.get("/health/live");
        assertThat(answer.body())
                .isEqualTo(
                        "{\"status\":\"UP\",\"checks\":[{\"name\":\"process\",\"status\":\"UP\"}]}");
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(stack.get("/health/ready").body()).containsPattern("\"max\":30[,}]");
        assertThatProblem(stack.get("/health/nope")).is(404, "not-found").at("/health/nope");
        HttpResponse<String> posted = stack.post("/health", "{}");
        assertThatProblem(posted).is(405, "method-not-allowed");
        assertThat(posted.headers().firstValue("Allow")).contains("GET, HEAD");
    }

    // Would break: a page of a listed origin, which could not send a token or read an ETag.
    @Test
    @DisplayName("pages of a listed origin may use the API")
    void listedOrigin() throws Exception {
        HttpResponse<String> preflight =
                stack.send(
                        from(ORIGIN, "/api/warehouses/1")
                                .header("Access-Control-Request-Method", "PUT")
                                .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
        assertThat(preflight.statusCode()).isEqualTo(204);
        assertThat(header(preflight, "Access-Control-Allow-Origin")).isEqualTo(ORIGIN);
        assertThat(header(preflight, "Access-Control-Allow-Methods")).contains("PUT", "DELETE");
        assertThat(header(preflight, "Access-Control-Allow-Headers"))
                .contains("Authorization", "If-Match", "Idempotency-Key", "Prefer", "traceparent");
        for (String path : List.of("/api/warehouses", "/api/none")) { // the latter as a problem
            HttpResponse<String> answer = stack.send(from(ORIGIN, path));
            assertThat(header(answer, "Access-Control-Allow-Origin")).isEqualTo(ORIGIN);
            assertThat(header(answer, "Access-Control-Expose-Headers"))
                    .contains("ETag", "Link", "Location", "Server-Timing", "X-Request-Id");
            assertThat(answer.headers().allValues("Vary")).containsExactly("Origin");
        }
    }

    // Would break: every page that a user visits could use the API in the user's network.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://app.example.org.evil.example",
                "http://app.example.org",
                "https://app.example.org:8443",
                "https://APP.example.org",
                "null"
            })
    @DisplayName("pages of another origin may not")
    void otherOrigin(String origin) throws Exception {
        HttpResponse<String> answer = stack.send(from(origin, "/api/warehouses"));
        HttpResponse<String> preflight =
                stack.send(
                        from(origin, "/api/warehouses")
                                .header("Access-Control-Request-Method", "POST")
                                .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
        for (HttpResponse<String> each : List.of(answer, preflight)) {
            assertThat(each.headers().map().keySet())
                    .noneMatch(name -> name.toLowerCase().startsWith("access-control-"));
            assertThat(each.headers().allValues("Vary")).containsExactly("Origin");
        }
    }

    private static HttpRequest.Builder from(String origin, String path) {
        return stack.request(path).header("Origin", origin);
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    /** Of these processes, by the sockets that they hold (Linux). */
    private static Set<Integer> listeningPorts(List<ProcessHandle> processes) throws IOException {
        Set<String> held = new TreeSet<>();
        for (ProcessHandle each : processes) {
            try (DirectoryStream<Path> files =
                    Files.newDirectoryStream(Path.of("/proc", "" + each.pid(), "fd"))) {
                for (Path file : files) {
                    held.add(Files.readSymbolicLink(file).toString());
                }
            }
        }
        Set<Integer> ports = new TreeSet<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] columns = line.strip().split("\\s+");
                if (columns[3].equals(LISTENS) && held.contains("socket:[" + columns[9] + "]")) {
                    ports.add(Integer.parseInt(columns[1].split(":")[1], 16));
                }
            }
        }
        return ports;
    }
}
