package ai.demeter.bench;

import ai.demeter.run.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * PostgreSQL's own benchmark client with the statements of a get and a post: what nothing above the
 * database can exceed. Embedded PostgreSQL does not bring it.
 */
final class PgBench {
    static final String FIND = "find by id, SQL alone";
    static final String INSERT = "insert, SQL alone";

    private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+)");

    /** It connects within its time, which on a busy machine takes a while. */
    private static final long LEAST_SECONDS = 3;

    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

    private final Path program;
    private final Path directory;
    private final Postgres postgres;
    private final Rows rows;

    /**
     * @param directory for its scripts and logs
     */
    PgBench(Path program, Path directory, Postgres postgres, Rows rows) {
        this.program = program;
        this.directory = directory;
        this.postgres = postgres;
        this.rows = rows;
    }

    /** Where it is installed: on the path, or where Debian has it. */
    static Optional<Path> find() throws IOException {
        List<Path> places = new ArrayList<>();
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .forEach(folder -> places.add(Path.of(folder, "pgbench")));
        if (Files.isDirectory(DEBIAN)) {
            try (Stream<Path> versions = Files.list(DEBIAN)) {
                versions.sorted(Collections.reverseOrder())
                        .forEach(version -> places.add(version.resolve("bin/pgbench")));
            }
        }
        return places.stream().filter(Files::isExecutable).findFirst();
    }

    private String script(String what) {
        return what.equals(FIND)
                ? """
                \\set id random(%d, %d)
                SELECT id, active, code, created_at, name, type, updated_at, version
                FROM warehouse WHERE id = :id;
                """
                        .formatted(rows.first(), rows.last())
                : """
                \\set code random(1, 1000000000000000)
                INSERT INTO warehouse (code, name, type, active, version, created_at, updated_at)
                VALUES ('P-' || :code, 'Greenhouse', 'greenhouse', true, 0, now(), now());
                """;
    }

    Figures run(Line line, Duration time) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(directory, "pgbench");
        Path script = Files.writeString(folder.resolve("script.sql"), script(line.what()));
        Path output = folder.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(
                        program.toString(),
                        "--no-vacuum",
                        "--protocol=prepared",
                        "--client=" + line.atOnce(),
                        "--time=" + Math.max(LEAST_SECONDS, time.toSeconds()),
                        "--file=" + script,
                        "--log",
                        "--log-prefix=" + folder.resolve("took"),
                        "--host=localhost",
                        "--port=" + postgres.port(),
                        "--username=" + Postgres.USER,
                        Postgres.DATABASE);
        builder.environment().put("PGPASSWORD", Postgres.PASSWORD);
        builder.redirectErrorStream(true).redirectOutput(output.toFile());
        int exit = builder.start().waitFor();
        String said = Files.readString(output);
        Matcher rate = RATE.matcher(said);
        if (exit != 0 || !rate.find()) {
            throw new IOException("pgbench failed: " + said);
        }
        Figures figures = Figures.of(took(folder), 0, 1);
        return new Figures(
                Double.parseDouble(rate.group(1)), figures.p50(), figures.p99(), 0, 0, 0);
    }

    /** From its log: a line for each transaction, its third word in microseconds. */
    private static Histogram took(Path folder) throws IOException {
        Histogram nanos = new Histogram(3);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path log :
                    files.filter(file -> file.getFileName().toString().startsWith("took"))
                            .toList()) {
                try (Stream<String> lines = Files.lines(log)) {
                    lines.forEach(
                            line -> nanos.recordValue(Long.parseLong(line.split(" ")[2]) * 1000));
                }
            }
        }
        return nanos;
    }
}
