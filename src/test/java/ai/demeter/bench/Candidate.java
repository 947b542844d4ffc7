package ai.demeter.bench;

import ai.demeter.run.Postgres;
import ai.demeter.run.Server;
import ai.demeter.run.Sql;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Measures one server, with a database of its own. */
final class Candidate implements AutoCloseable {
    private static final List<Integer> CONNECTIONS = List.of(1, 32, 200);
    private static final List<Integer> CLIENTS = List.of(1, 8, 32);

    /** On 2 cores busy request threads starve the JIT compiler, which is what a warm-up is for. */
    private static final int WARM_UP_CONNECTIONS = 4;

    private static final Duration WARM_UP = Duration.ofSeconds(24);
    private static final Duration READY_WITHIN = Duration.ofMinutes(3);

    private final Server.Kind kind;
    private final Path checkout;
    private final Path directory;
    private final Duration round;
    private final Postgres postgres;
    private Server running;
    private long leastId;
    private long greatestId;

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
    }

    /** All of it; with the WAR as it is last, so that WildFly is left with that. */
    Report.Server measure(Path home) throws Exception {
        Map<Line, Figures> lines = new java.util.LinkedHashMap<>(inContainer(home));
        Server.prepare(kind, checkout, Map.of());
        Duration untilReady = start(Map.of());
        lines.putAll(overHttp());
        long mebibytes = Memory.resident(running.process().toHandle()).orElse(0);
        running.close();
        lines.putAll(sqlAlone());
        return new Report.Server(kind.toString(), untilReady, mebibytes, lines);
    }

    private Duration start(Map<String, String> more) throws Exception {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("DATABASE_URL", postgres.url());
        environment.put("DATABASE_USER", Postgres.USER);
        environment.put("DATABASE_PASSWORD", Postgres.PASSWORD);
        environment.put("HTTP_PORT", Integer.toString(Postgres.freePort()));
        if (kind == Server.Kind.WILDFLY) { // it listens on these as well
            environment.put(
                    "JAVA_OPTS",
                    "-Djboss.management.http.port=%d -Djboss.https.port=%d %s"
                            .formatted(
                                    Postgres.freePort(),
                                    Postgres.freePort(),
                                    System.getenv().getOrDefault("JAVA_OPTS", "")));
        }
        Path log = directory.resolve("server.log");
        long started = System.nanoTime();
        running =
                Server.start(
                        kind,
                        checkout,
                        environment,
                        ProcessBuilder.Redirect.appendTo(log.toFile()));
        if (!running.awaitReady(READY_WITHIN)) {
            throw new IOException(kind + " did not become ready; its log: " + log);
        }
        return Duration.ofNanos(System.nanoTime() - started);
    }

    private Map<Line, Figures> inContainer(Path home) throws Exception {
        Map<String, String> environment = Map.of("DEMETER_HOME", home.toString());
        Server.prepare(kind, checkout, environment);
        start(environment);
        ask(new Line(Work.BATCH, Line.DEMETER, 1), Duration.ofMillis(1));
        leastId = Sql.number(postgres, "SELECT min(id) FROM warehouse");
        // Ids are taken in blocks: those of one batch have no gap.
        greatestId = leastId + Work.BATCH_ROWS - 1;

        List<Line> pools = new ArrayList<>();
        for (String what : List.of(Work.BORROW, Work.SELECT)) {
            for (int threads : List.of(1, 8)) {
                for (String by : List.of(Line.DEMETER, Line.HIKARI, Line.AGROAL)) {
                    pools.add(new Line(what, by, threads));
                }
            }
        }
        List<Line> rest = new ArrayList<>();
        for (String what : List.of(Work.SESSION, Work.TRANSACTION, Work.FIND, Work.INSERT)) {
            rest.add(new Line(what, Line.DEMETER, 1));
        }
        rest.add(new Line(Work.BATCH, Line.DEMETER, 1));

        List<Line> all = new ArrayList<>(pools);
        all.addAll(rest);
        for (Line line : all) {
            ask(new Line(line.what(), line.by(), 1), WARM_UP.dividedBy(all.size()));
        }
        Map<Line, Figures> measured = new java.util.LinkedHashMap<>();
        measured.putAll(Rounds.of(pools, line -> ask(line, round)));
        measured.putAll(Rounds.of(rest, line -> ask(line, round)));
        running.close();
        measured.computeIfPresent(
                new Line(Work.BATCH, Line.DEMETER, 1),
                (line, batches) -> batches.times(Work.BATCH_ROWS));
        return measured;
    }

    /** Lets {@link Inside} measure a line. */
    private Figures ask(Line line, Duration time) throws IOException, InterruptedException {
        URI uri =
                running.base()
                        .resolve(
                                "/bench?what=%s&by=%s&threads=%d&millis=%d&id=%d"
                                        .formatted(
                                                URLEncoder.encode(
                                                        line.what(), StandardCharsets.UTF_8),
                                                line.by(),
                                                line.atOnce(),
                                                time.toMillis(),
                                                leastId));
        HttpResponse<String> answer =
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(uri).build(),
                                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(line + " answered " + answer.statusCode());
        }
        return Figures.parse(answer.body());
    }

    private Map<Line, Figures> overHttp() throws Exception {
        List<String> kinds = List.of(Requests.GET, Requests.LIST, Requests.POST);
        Requests requests = new Requests(running.base(), leastId, greatestId);
        int slices = 4;
        for (int i = 0; i < slices * kinds.size(); i++) {
            Clients.run(
                    running.base(),
                    WARM_UP_CONNECTIONS,
                    WARM_UP.dividedBy(slices * kinds.size()),
                    requests.of(kinds.get(i % kinds.size())));
        }
        List<Line> lines = new ArrayList<>();
        for (String what : kinds) {
            for (int connections : CONNECTIONS) {
                lines.add(new Line(what, Line.DEMETER, connections));
            }
        }
        return Rounds.of(
                lines,
                line ->
                        Clients.run(
                                running.base(), line.atOnce(), round, requests.of(line.what())));
    }

    private Map<Line, Figures> sqlAlone() throws Exception {
        Optional<Path> program = PgBench.find();
        if (program.isEmpty()) {
            return Map.of();
        }
        PgBench pgbench = new PgBench(program.get(), directory, postgres, leastId, greatestId);
        List<Line> lines = new ArrayList<>();
        for (String what : List.of(PgBench.FIND, PgBench.INSERT)) {
            for (int clients : CLIENTS) {
                lines.add(new Line(what, Line.PGBENCH, clients));
            }
        }
        return Rounds.of(lines, line -> pgbench.run(line, round));
    }

    @Override
    public void close() throws IOException {
        if (running != null) {
            running.close();
        }
        postgres.close();
    }
}
