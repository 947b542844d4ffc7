package ai.demeter.bench;

import ai.demeter.run.Postgres;
import ai.demeter.run.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Measures one server beside the untuned state, with a database of their own. */
final class Candidate implements AutoCloseable {
    private static final List<Integer> PGBENCH_CLIENTS = List.of(1, 8, 32);
    private static final Duration WARM_UP = Duration.ofSeconds(24);
    private static final Duration READY_WITHIN = Duration.ofMinutes(3);

    private final Server.Kind kind;
    private final Path checkout;
    private final Path directory;
    private final Duration round;
    private final Postgres postgres;
    private final Thread atExit = new Thread(this::stop, "stop");
    private volatile Server running;
    private volatile Server beside;

    /**
     * @param directory for what it leaves
     * @param round how long a line is measured in a round
     */
    Candidate(Server.Kind kind, Path checkout, Path directory, Duration round) throws Exception {
        this.kind = kind;
        this.checkout = checkout;
        this.directory = directory;
        this.round = round;
        Path data = directory.resolve("data");
        org.apache.commons.io.FileUtils.deleteDirectory(data.toFile());
        postgres = Postgres.start(data, Postgres.freePort());
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /**
     * All of it.
     *
     * @param home where the WAR with the measuring code is; the WAR as it is comes after it, so
     *     that WildFly is left with that one
     */
    Report.Server measure(Path home) throws Exception {
        System.out.println(kind + ", in the container ...");
        start(Map.of("DEMETER_HOME", home.toString()));
        ContainerLines inContainer = new ContainerLines(running);
        inContainer.seed();
        Rows rows = Rows.of(postgres);
        Map<Line, Figures> lines = new LinkedHashMap<>(inContainer.measure(rows, WARM_UP, round));
        running.close();

        System.out.println(kind + ", over HTTP ...");
        Duration untilReady = start(Map.of());
        beside = Plain.start(kind, checkout, directory, postgres, READY_WITHIN);
        lines.putAll(HttpLines.measure(running, Line.PLAIN, beside, rows, WARM_UP, round));
        beside.kill(); // what it has written is not needed
        long mebibytes = Consumption.resident(running.process().toHandle()).orElse(0);
        running.close();

        System.out.println("SQL alone ...");
        lines.putAll(sqlAlone(rows));
        return new Report.Server(kind.toString(), untilReady, mebibytes, lines);
    }

    /**
     * What clients see of it, in turn with another state of it on the same database: what a change
     * has cost or given.
     *
     * @param before another checkout that was built
     */
    Report.Server measureBeside(Path before) throws Exception {
        System.out.println(kind + ", beside " + before + " ...");
        start(before, Map.of());
        beside = running;
        Duration untilReady = start(Map.of());
        Requests.seed(running.base());
        Rows rows = Rows.of(postgres);
        Map<Line, Figures> lines =
                HttpLines.measure(running, Line.BEFORE, beside, rows, WARM_UP, round);
        beside.kill();
        long mebibytes = Consumption.resident(running.process().toHandle()).orElse(0);
        running.close();
        return new Report.Server(kind.toString(), untilReady, mebibytes, lines);
    }

    private Duration start(Map<String, String> more) throws IOException, InterruptedException {
        return start(checkout, more);
    }

    private Duration start(Path from, Map<String, String> more)
            throws IOException, InterruptedException {
        Map<String, String> environment = new HashMap<>(more);
        environment.putAll(postgres.environment());
        environment.put("HTTP_PORT", Integer.toString(Postgres.freePort()));
        Server.prepare(kind, from, environment);
        Path log = directory.resolve("server.log");
        long started = System.nanoTime();
        running =
                Server.start(
                        kind, from, environment, ProcessBuilder.Redirect.appendTo(log.toFile()));
        if (!running.awaitReady(READY_WITHIN)) {
            throw new IOException(kind + " did not become ready; its log: " + log);
        }
        return Duration.ofNanos(System.nanoTime() - started);
    }

    private Map<Line, Figures> sqlAlone(Rows rows) throws Exception {
        Optional<Path> program = PgBench.find();
        if (program.isEmpty()) {
            return Map.of();
        }
        PgBench pgbench = new PgBench(program.get(), directory, postgres, rows);
        List<Line> lines = new ArrayList<>();
        for (String what : List.of(PgBench.FIND, PgBench.INSERT)) {
            for (int clients : PGBENCH_CLIENTS) {
                lines.add(new Line(what, Line.PGBENCH, clients));
            }
        }
        return Rounds.of(lines, line -> pgbench.run(line, round));
    }

    private void stop() {
        if (running != null) {
            running.close();
        }
        if (beside != null) {
            beside.kill();
        }
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stop();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
