package ai.demeter.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * {@code mvn -Prun} without Maven, in a checkout whose path has spaces. Would break: the first
 * command that anybody tries, and the second one, which finds what the first has left running.
 */
@Tag("proof")
class RunIT {
    private static final Path BUILT = Path.of(System.getProperty("checkout"), "target");
    private static final List<String> FILES =
            List.of("demeter.war", "demeter-connection.jar", "postgresql.jar", "payara-micro.jar");
    private static final Duration PREPARED_AND_READY_WITHIN = Duration.ofMinutes(5);
    private static Path checkout;

    private final Map<String, String> environment = new HashMap<>();
    private final Set<ProcessHandle> seen = ConcurrentHashMap.newKeySet();
    private long lastLook;
    private int port;
    private int postgresPort;
    private Path output;
    private Process run;

    @BeforeAll
    static void checkOut() throws IOException {
        checkout = copy("a checkout");
        if (Stack.KIND.isWildFly()) {
            FileUtils.copyDirectory(
                    BUILT.resolve("wildfly").toFile(), checkout.resolve("target/wildfly").toFile());
        }
    }

    private static Path copy(String name) throws IOException {
        Path copy = Files.createDirectories(Stack.directory().resolve("run").resolve(name));
        FileUtils.deleteDirectory(copy.toFile());
        FileUtils.copyDirectory(
                BUILT.resolveSibling("server-config").toFile(),
                copy.resolve("server-config").toFile());
        provide(copy.resolve("target"));
        return copy;
    }

    private static void provide(Path home) throws IOException {
        Files.createDirectories(home);
        for (String file : FILES) {
            Files.copy(BUILT.resolve(file), home.resolve(file));
        }
    }

    @BeforeEach
    void prepare() throws IOException {
        port = Postgres.freePort();
        postgresPort = Postgres.freePort();
        output = checkout.resolveSibling("run.log");
        environment.put("HTTP_PORT", "" + port);
    }

    private void start(Path from) throws IOException {
        ProcessBuilder command =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Run.class.getName(),
                        from.toString(),
                        Stack.KIND.wireName(),
                        "" + postgresPort);
        command.environment().putAll(environment);
        command.redirectErrorStream(true).redirectOutput(output.toFile());
        run = command.start();
    }

    @AfterEach
    void killWhatIsLeft() throws InterruptedException {
        if (run != null) {
            look();
            run.destroy(); // which stops PostgreSQL as well, whose processes are nobody's
            run.waitFor(1, TimeUnit.MINUTES);
            run.destroyForcibly();
            seen.forEach(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    @DisplayName(
            "Checkout, DEMETER_HOME, JBOSS_HOME and TMPDIR with spaces: ready, and all stopped")
    void spaces() throws Exception {
        Path home = checkout.resolveSibling("a home");
        FileUtils.deleteDirectory(home.toFile());
        provide(home);
        environment.put("DEMETER_HOME", home.toString());
        environment.put(
                "TMPDIR",
                Files.createDirectories(checkout.resolveSibling("a folder for files")).toString());

        start(checkout);
        awaitRunning("it is ready", () -> said().contains("Demeter is ready on"));
        HttpResponse<String> answer =
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(
                                                URI.create(
                                                        "http://localhost:"
                                                                + port
                                                                + "/api/warehouses"))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(said())
                .contains("  Open       http://localhost:" + port + "/\n")
                .containsOnlyOnce("Configured: ")
                .containsOnlyOnce("Schema at version ")
                .containsOnlyOnce("Ready: ")
                .contains(checkout.resolve("target/server.log").toString());
        assertThat(said().indexOf("Ready: ")).isLessThan(said().indexOf("Demeter is ready on"));
        assertThat(said().lines().count()).as("lines of a quiet console").isLessThan(25);
        assertThat(Files.readAllLines(checkout.resolve("target/server.log")))
                .as("what the server says")
                .hasSizeGreaterThan(40)
                .anyMatch(line -> line.contains("Configured: "));

        terminate();
    }

    @Test
    @DisplayName("SIGTERM while PostgreSQL starts")
    void terminatedWhilePostgresStarts() throws Exception {
        FileUtils.deleteDirectory(checkout.resolve(".data").toFile());
        terminatedWhen("the data folder is there", () -> Files.exists(checkout.resolve(".data")));
    }

    @Test
    @DisplayName("SIGTERM while the server is prepared")
    void terminatedWhilePrepared() throws Exception {
        FileUtils.deleteDirectory(checkout.resolve("target/payara-micro").toFile());
        terminatedWhen("its script runs", () -> runs("prepare.sh") || runs("install.sh"));
    }

    @Test
    @DisplayName("SIGTERM while the start script checks the variables")
    void terminatedWhileChecked() throws Exception {
        environment.put("DEMETER_HOME", BUILT.toString()); // prepared already
        terminatedWhen("its script runs", () -> runs("start.sh"));
    }

    @Test
    @DisplayName("SIGTERM while the server boots")
    void terminatedWhileItBoots() throws Exception {
        environment.put("DEMETER_HOME", BUILT.toString()); // prepared already
        terminatedWhen("it listens", () -> Postgres.isTaken(port));
    }

    private void terminatedWhen(String what, Callable<Boolean> condition) throws Exception {
        start(checkout);
        awaitRunning(what, condition);
        terminate();
    }

    @Test
    @DisplayName("A server that cannot be prepared is said, and nothing is left running")
    void cannotBePrepared() throws Exception {
        Path broken = copy("a broken one"); // and without a WildFly
        Files.writeString(broken.resolve("target/payara-micro.jar"), "no jar");
        start(broken);
        assertEndsWithNothingLeft();
        assertThat(run.exitValue()).isEqualTo(1);
        assertThat(said()).containsAnyOf("JBOSS_HOME: got", "corrupt jarfile");
    }

    @Test
    @DisplayName("A variable that cannot be used is one line, before anything is started")
    void badVariable() throws Exception {
        environment.put("DB_POOL_SIZE", "many");
        assertRefused("DB_POOL_SIZE: got \"many\"");
    }

    @Test
    @DisplayName("A port that is taken is one line, before anything is started")
    void portTaken() throws Exception {
        try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertRefused("HTTP_PORT: port " + other.getLocalPort() + " is taken");
        }
    }

    @Test
    @DisplayName("So is that of PostgreSQL")
    void postgresPortTaken() throws Exception {
        try (ServerSocket other =
                new ServerSocket(postgresPort, 1, InetAddress.getLoopbackAddress())) {
            assertRefused("Port " + other.getLocalPort() + ", for PostgreSQL, is taken");
        }
    }

    private void assertRefused(String line) throws Exception {
        start(checkout);
        assertThat(run.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(run.exitValue()).isEqualTo(1);
        assertThat(said().lines()).singleElement().asString().startsWith(line);
    }

    private void awaitRunning(String what, Callable<Boolean> condition) throws Exception {
        Until.holds(
                what,
                PREPARED_AND_READY_WITHIN,
                () -> {
                    lookNowAndThen();
                    assertThat(run.isAlive()).as(said()).isTrue();
                    return condition.call();
                });
    }

    private void assertEndsWithNothingLeft() throws Exception {
        Until.holds(
                "it ends",
                () -> {
                    lookNowAndThen();
                    return !run.isAlive();
                });
        // What has ended without a parent is seen until the system has taken note of it.
        Until.holds("nothing is left", () -> seen.stream().noneMatch(ProcessHandle::isAlive));
        assertThat(List.of(port, postgresPort)).as(said()).noneMatch(Postgres::isTaken);
    }

    /** Remembers the processes that there are: those whose parent has ended can not be found. */
    private void look() {
        lastLook = System.nanoTime();
        run.descendants().forEach(seen::add);
    }

    /** Not all the time: to look costs as much as the server that is looked at. */
    private void lookNowAndThen() {
        if (System.nanoTime() - lastLook > TimeUnit.MILLISECONDS.toNanos(100)) {
            look();
        }
    }

    private void terminate() throws Exception {
        look();
        run.destroy();
        assertEndsWithNothingLeft();
    }

    private boolean runs(String script) {
        return seen.stream()
                .anyMatch(one -> one.info().commandLine().orElse("").endsWith("/" + script));
    }

    private String said() throws IOException {
        return Files.readString(output);
    }
}
