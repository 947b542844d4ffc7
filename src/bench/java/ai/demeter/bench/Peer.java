package ai.demeter.bench;

import ai.demeter.run.Postgres;
import ai.demeter.run.Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Another stack beside Demeter: the same requests to the same table, in its usual set-up, with the
 * same heap and collector. Each is a Maven project of its own, {@code src/bench/spring} and {@code
 * src/bench/quarkus}.
 */
enum Peer {
    SPRING("Spring Boot", "spring.jar"),
    QUARKUS("Quarkus", "quarkus-app/quarkus-run.jar");

    private static final long POLL_MILLIS = 20;

    private final String displayName;
    private final String jar;

    Peer(String displayName, String jar) {
        this.displayName = displayName;
        this.jar = jar;
    }

    /** Builds it, by the Maven that runs the benchmark, into {@code target/bench}. */
    void build(Path checkout) throws IOException, InterruptedException {
        System.out.println("Building " + displayName + " ...");
        Path pom = checkout.resolve("src/bench").resolve(directory()).resolve("pom.xml");
        Path maven = Path.of(System.getProperty("maven.home"), "bin", "mvn");
        Process build =
                new ProcessBuilder(maven.toString(), "-B", "-q", "-f", pom.toString(), "package")
                        .inheritIO()
                        .start();
        if (build.waitFor() != 0) {
            throw new IOException(
                    displayName + " was not built; -Dbench.peers= measures without it");
        }
    }

    /**
     * As it is started and known to be ready: when it listens, which both do last.
     *
     * @param directory for its log
     */
    Contender contender(Path checkout, Path directory, Postgres postgres, Duration readyWithin) {
        return new Contender(
                displayName,
                () -> launch(checkout, directory, postgres),
                server -> awaitListening(server, readyWithin));
    }

    private Server launch(Path checkout, Path directory, Postgres postgres) throws IOException {
        int port = Postgres.freePort();
        ProcessBuilder command =
                new ProcessBuilder(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx512m",
                                "-XX:+UseParallelGC",
                                "-jar",
                                checkout.resolve("target/bench")
                                        .resolve(directory())
                                        .resolve(jar)
                                        .toString()));
        command.environment().putAll(postgres.environment());
        command.environment().put("HTTP_PORT", Integer.toString(port));
        Path log = directory.resolve(directory() + ".log");
        command.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        return Server.start(command, port);
    }

    private static boolean awaitListening(Server server, Duration atMost)
            throws InterruptedException {
        long until = System.nanoTime() + atMost.toNanos();
        while (server.process().isAlive() && System.nanoTime() < until) {
            if (listens(server.base())) {
                return true;
            }
            server.process().waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
        }
        return false;
    }

    private static boolean listens(URI base) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), base.getPort())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private String directory() {
        return name().toLowerCase(Locale.ROOT);
    }
}
