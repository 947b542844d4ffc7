package ai.demeter.run;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.commons.io.FileUtils;

/** For the tests: a database and a server of their own, on ports that were free. */
public final class Stack implements AutoCloseable {
    /** The server that this run of the tests is for; set by the build. */
    public static final Server.Kind KIND =
            Server.Kind.of(System.getProperty("server", "payara-micro"));

    private static final Path CHECKOUT =
            Path.of(System.getProperty("checkout", ".")).toAbsolutePath();
    private static final Duration READY_WITHIN = Duration.ofMinutes(5);
    private static Stack shared;

    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .build();
    private final String name;
    private final Postgres postgres;
    private volatile Server server; // the tests restart it under clients

    private Stack(String name, Postgres postgres) {
        this.name = name;
        this.postgres = postgres;
    }

    /**
     * The one for tests that leave both as they found them; ends with the tests. By {@code
     * -Dpooler=true} there is PgBouncer between them.
     */
    public static synchronized Stack shared() throws Exception {
        if (shared == null) {
            // The build runs two classes side by side, each in a JVM with a shared one of its own.
            boolean pooled = Boolean.getBoolean("pooler");
            assumeTrue(!pooled || PgBouncer.installed().isPresent(), "pgbouncer is not installed");
            shared = database("shared-" + ProcessHandle.current().pid());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> shared.close()));
            if (pooled) {
                PgBouncer pooler = PgBouncer.start(shared.postgres, Map.of());
                Runtime.getRuntime().addShutdownHook(new Thread(pooler::kill));
                shared.startServer(Map.of("DATABASE_URL", pooler.url()));
            } else {
                shared.startServer(Map.of());
            }
            shared.awaitReady();
        }
        return shared;
    }

    /**
     * Starts both and waits until the server is ready.
     *
     * @param name of the files that it leaves under {@code target/it}
     * @param environment variables of Demeter; those of the database are set already
     */
    public static Stack start(String name, Map<String, String> environment) throws Exception {
        Stack stack = database(name);
        try {
            stack.startServer(environment);
            stack.awaitReady();
            return stack;
        } catch (Exception | Error e) {
            stack.close();
            throw e;
        }
    }

    /** Starts the database alone; {@link #startServer} is the next step. */
    public static Stack database(String name) throws IOException, SQLException {
        Path data = directory().resolve(name + "-data");
        deleteRecursively(data);
        return new Stack(name, Postgres.start(data, Postgres.freePort()));
    }

    /** Another server to be started, with the same database, which ends with this one. */
    public Stack beside(String other) {
        return new Stack(other, postgres);
    }

    /** Starts the server, and does not wait for it. */
    public void startServer(Map<String, String> environment) throws IOException {
        Map<String, String> all = new HashMap<>(postgres.environment());
        all.put("HTTP_PORT", Integer.toString(Postgres.freePort()));
        if (KIND.isWildFly()) {
            // Several run at once, and each writes there what it has deployed.
            Path base = directory().resolve(name + "-base");
            if (server == null) {
                deleteRecursively(base);
                FileUtils.copyDirectory(KIND.base(CHECKOUT).toFile(), base.toFile());
            }
            all.put("JBOSS_BASE_DIR", base.toString());
        }
        all.putAll(environment);
        server =
                Server.start(KIND, CHECKOUT, all, ProcessBuilder.Redirect.appendTo(log().toFile()));
    }

    /** Waits until the server is ready, however busy the machine. */
    public void awaitReady() throws Exception {
        if (!server.awaitReady(READY_WITHIN)) {
            throw new AssertionError(
                    KIND + " was not ready within " + READY_WITHIN + "; its log: " + log());
        }
    }

    public Postgres postgres() {
        return postgres;
    }

    public Server server() {
        return server;
    }

    /** What the server has said so far. */
    public Path log() throws IOException {
        return directory().resolve(name + ".log");
    }

    /** Sends a request to the server. */
    public HttpResponse<String> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Sends a request beside others. */
    public CompletableFuture<HttpResponse<String>> sendAsync(HttpRequest.Builder request) {
        return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** A request for a path, to be completed. */
    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(60));
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    public HttpResponse<String> post(String path, String json)
            throws IOException, InterruptedException {
        return send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    public URI uri(String path) {
        return server.base().resolve(path);
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
        try {
            postgres.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static Path directory() throws IOException {
        return Files.createDirectories(
                CHECKOUT.resolve("target/it")
                        .resolve(KIND.name().toLowerCase(java.util.Locale.ROOT)));
    }

    private static void deleteRecursively(Path path) throws IOException {
        FileUtils.deleteDirectory(path.toFile());
    }
}
