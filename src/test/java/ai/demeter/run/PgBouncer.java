package ai.demeter.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.commons.io.FileUtils;

/** For the tests: a real PgBouncer in transaction mode, as an ordinary user. */
public final class PgBouncer implements AutoCloseable {
    private static final Duration STARTS_WITHIN = Duration.ofSeconds(10);

    private final Path folder;
    private final int port;
    private Process process;

    private PgBouncer(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /** Where it is; empty if this machine has none. */
    public static Optional<Path> installed() {
        return Installed.find("pgbouncer");
    }

    /**
     * Starts one and waits until it listens.
     *
     * @param postgres what it pools
     * @param more lines of its configuration, in place of those below
     */
    public static PgBouncer start(Postgres postgres, Map<String, String> more)
            throws IOException, InterruptedException {
        // Whoever runs it must be able to read its files, which a test's own folder may not allow.
        Path folder = Files.createTempDirectory("pgbouncer");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        PgBouncer pooler = new PgBouncer(folder, Postgres.freePort());
        Files.writeString(
                folder.resolve("users.txt"),
                "\"%s\" \"%s\"\n\"%s\" \"%s\"\n"
                        .formatted(
                                Postgres.USER,
                                Postgres.PASSWORD,
                                Postgres.OWNER,
                                Postgres.OWNER_PASSWORD));
        Map<String, String> lines =
                new TreeMap<>(
                        Map.of(
                                "listen_addr",
                                "127.0.0.1",
                                "listen_port",
                                "" + pooler.port,
                                "unix_socket_dir",
                                "",
                                "auth_type",
                                "scram-sha-256",
                                "auth_file",
                                folder.resolve("users.txt").toString(),
                                "pool_mode",
                                "transaction",
                                "ignore_startup_parameters",
                                "options,extra_float_digits",
                                "server_login_retry",
                                "1"));
        lines.putAll(more);
        StringBuilder text =
                new StringBuilder(
                        "[databases]\n%s = host=localhost port=%d\n[pgbouncer]\n"
                                .formatted(Postgres.DATABASE, postgres.port()));
        lines.forEach((name, value) -> text.append(name + " = " + value + "\n"));
        Files.writeString(folder.resolve("pgbouncer.ini"), text);
        pooler.start();
        return pooler;
    }

    /** Starts it again after {@link #kill}. */
    public void start() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(installed().orElseThrow().toString()));
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("-u", "nobody")); // it refuses to run as root
        }
        command.add(folder.resolve("pgbouncer.ini").toString());
        process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log().toFile())
                        .start();
        long until = System.nanoTime() + STARTS_WITHIN.toNanos();
        while (!Postgres.isTaken(port)) {
            if (!process.isAlive() || System.nanoTime() > until) {
                throw new IOException("PgBouncer did not start: " + Files.readString(log()));
            }
            Thread.sleep(20);
        }
    }

    /** Where the database is by way of it. */
    public String url() {
        return Postgres.url(port);
    }

    public int port() {
        return port;
    }

    /** What it has said since it was started last. */
    public Path log() {
        return folder.resolve("log");
    }

    /** Stops it without ending it: it accepts connections and says nothing. */
    public void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** Lets it go on. */
    public void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    /** Ends it at once. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
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
