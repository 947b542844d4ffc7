package ai.demeter.run;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server: with the WAR, started by the script that production uses, or by another command. */
public final class Server implements AutoCloseable {

    /** What there is, with what comes next of each; the differences between them are here. */
    public enum Kind {
        PAYARA_MICRO("Payara Micro", false, "target"),
        PAYARA_MICRO_7("Payara Micro 7", false, "target/payara-micro-7"),
        WILDFLY("WildFly", true, "target/wildfly"),
        WILDFLY_PREVIEW("WildFly Preview", true, "target/wildfly-preview");

        private final String displayName;
        private final boolean wildfly;
        private final String home;

        /** The build leaves it in that directory. */
        Kind(String displayName, boolean wildfly, String home) {
            this.displayName = displayName;
            this.wildfly = wildfly;
            this.home = home;
        }

        /** By its name on a command line, such as {@code payara-micro}. */
        public static Kind of(String name) {
            return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
        }

        /** As on a command line. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        public boolean isWildFly() {
            return wildfly;
        }

        /** Where the build leaves it. */
        public Path home(Path checkout) {
            return checkout.resolve(home);
        }

        /** What WildFly's servers start from: configuration and deployments. */
        public Path base(Path checkout) {
            return home(checkout).resolve("standalone");
        }

        private Path script(Path checkout, String name) {
            String directory = wildfly ? "wildfly" : "payara-micro";
            return checkout.resolve("server-config").resolve(directory).resolve(name);
        }

        private String preparation() {
            return wildfly ? "install.sh" : "prepare.sh";
        }

        @Override
        public String toString() {
            return displayName;
        }
    }

    private static final String READINESS = "/health/ready";

    private static final HttpClient CLIENT =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(2))
                    .build();

    private final Script script;
    private final URI base;

    private Server(Script script, URI base) {
        this.script = script;
        this.base = base;
    }

    /**
     * Starts one, and does not wait for it.
     *
     * @param checkout the checkout that was built
     * @param environment variables of Demeter; nothing else of that kind is passed on
     * @param output where its log goes
     */
    public static Server start(
            Kind kind,
            Path checkout,
            Map<String, String> environment,
            ProcessBuilder.Redirect output)
            throws IOException {
        ProcessBuilder builder = command(kind, checkout, "start.sh", environment);
        builder.redirectErrorStream(true).redirectOutput(output);
        String port = new TreeMap<>(builder.environment()).getOrDefault("HTTP_PORT", "8080");
        return start(builder, Integer.parseInt(port));
    }

    /** Starts one by a command that makes it listen on the port, and does not wait for it. */
    public static Server start(ProcessBuilder command, int port) throws IOException {
        return new Server(new Script(command), URI.create("http://localhost:" + port));
    }

    /** What is to be done before the first start, under way: each server has a script for it. */
    static Script preparation(Kind kind, Path checkout, Map<String, String> environment)
            throws IOException {
        return new Script(command(kind, checkout, kind.preparation(), environment).inheritIO());
    }

    /** The same, done when this returns. */
    public static void prepare(Kind kind, Path checkout, Map<String, String> environment)
            throws IOException {
        try (Script preparation = preparation(kind, checkout, environment)) {
            if (preparation.process().waitFor() != 0) {
                throw new IOException(kind.preparation() + " of " + kind + " failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static ProcessBuilder command(
            Kind kind, Path checkout, String script, Map<String, String> environment) {
        ProcessBuilder command = new ProcessBuilder("sh", kind.script(checkout, script).toString());
        command.environment()
                .put(
                        kind.isWildFly() ? "JBOSS_HOME" : "DEMETER_HOME",
                        kind.home(checkout).toString());
        command.environment().putAll(environment);
        return command;
    }

    /** Where it listens. */
    public URI base() {
        return base;
    }

    public Process process() {
        return script.process();
    }

    /** That of the server and that of its start script: the same on Payara, two on WildFly. */
    public List<ProcessHandle> processes() {
        return Stream.concat(Stream.of(process().toHandle()), process().descendants()).toList();
    }

    /** The status of {@code /health/ready} now; 0 if nothing answers. */
    public int readiness() throws InterruptedException {
        return status(READINESS);
    }

    private int status(String path) throws InterruptedException {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(base.resolve(path))
                            .timeout(Duration.ofSeconds(5))
                            .build();
            return CLIENT.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    /** Waits until it is ready; false if it ended or was not ready in time. */
    public boolean awaitReady(Duration atMost) throws InterruptedException {
        return awaitOk(READINESS, atMost);
    }

    /** Waits until it answers 200 there; false if it ended or did not in time. */
    public boolean awaitOk(String path, Duration atMost) throws InterruptedException {
        long until = System.nanoTime() + atMost.toNanos();
        while (process().isAlive() && System.nanoTime() < until) {
            if (status(path) == 200) {
                return true;
            }
            process().waitFor(200, TimeUnit.MILLISECONDS);
        }
        return false;
    }

    /** Ends it with SIGKILL. */
    public void kill() {
        script.kill();
    }

    /** Ends it with SIGTERM, with SIGKILL after a minute. */
    @Override
    public void close() {
        script.close();
    }
}
