package ai.demeter.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.commons.io.FileUtils;

/**
 * For the tests: a real haproxy before several instances, by the configuration of {@code
 * compose.yaml}, but for its names, which only Docker knows.
 */
public final class Balancer implements AutoCloseable {
    private static final Duration STARTS_WITHIN = Duration.ofSeconds(10);

    private final Path folder;
    private final int port;
    private final Process process;

    private Balancer(Path folder, int port, Process process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /** Where it is; empty if this machine has none. */
    public static Optional<Path> installed() {
        return Installed.find("haproxy");
    }

    /** Starts one and waits until it listens. */
    public static Balancer start(Path checkout, List<Integer> instances)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("haproxy");
        int port = Postgres.freePort();
        StringBuilder servers = new StringBuilder();
        for (int instance : instances) {
            servers.append("    server demeter-%1$d 127.0.0.1:%1$d\n".formatted(instance));
        }
        String text =
                Files.readString(checkout.resolve("server-config/compose/haproxy.cfg"))
                        .replaceFirst("bind \\S+ v4v6", "bind 127.0.0.1:" + port)
                        .replaceFirst(" init-addr .*", "")
                        .replaceFirst("(?m)(^ +server .*\\n)+", servers.toString())
                        .replaceFirst("(?s)\\nresolvers .*", "");
        Path file = Files.writeString(folder.resolve("haproxy.cfg"), text);
        Process process =
                new ProcessBuilder(
                                installed().orElseThrow().toString(), "-db", "-f", file.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start();
        long until = System.nanoTime() + STARTS_WITHIN.toNanos();
        while (!Postgres.isTaken(port)) {
            if (!process.isAlive() || System.nanoTime() > until) {
                throw new IOException(
                        "haproxy did not start: " + Files.readString(folder.resolve("log")));
            }
            Thread.sleep(20);
        }
        return new Balancer(folder, port, process);
    }

    public int port() {
        return port;
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        FileUtils.deleteDirectory(folder.toFile());
    }
}
