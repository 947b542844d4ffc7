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
import org.apache.commons.io.FileUtils;

/** Measures Demeter on one server, beside others, with a database of their own. */
final class Candidate implements AutoCloseable {
    private static final List<Integer> PGBENCH_CLIENTS = List.of(1, 8, 32);
    private static final Duration WARM_UP = Duration.ofSeconds(24);
    private static final Duration READY_WITHIN = Duration.ofMinutes(3);

    /** For five applications with up to 30 each. */
    private static final int CONNECTIONS = 200;

    private final Server.Kind kind;
    private final Plan plan;
    private final Path directory;
    private final Postgres postgres;
    private final Servers servers = new Servers();
    private final Thread atExit = new Thread(this::stop, "stop");

    /**
     * @param directory for what it leaves
     */
    Candidate(Server.Kind kind, Plan plan, Path directory) throws Exception {
        this.kind = kind;
        this.plan = plan;
        this.directory = directory;
        Path data = directory.resolve("data");
        FileUtils.deleteDirectory(data.toFile());
        postgres = Postgres.start(data, Postgres.freePort(), CONNECTIONS);
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Those parts that the plan has. */
    Report.Server measure() throws Exception {
        List<Contender> contenders = contenders();
        Rows rows = seed(contenders.get(0));
        Map<Line, Figures> lines = new LinkedHashMap<>();
        Map<String, Report.State> states = new LinkedHashMap<>();
        List<Cold> cold = List.of();
        if (plan.parts().contains(Part.CONTAINER)) {
            lines.putAll(inContainer(rows));
        }
        if (plan.parts().contains(Part.WARM)) {
            lines.putAll(warm(contenders, rows, states));
        }
        if (plan.parts().contains(Part.COLD)) {
            System.out.println(kind + ", cold ...");
            cold = Cold.measure(contenders, servers, rows);
        }
        if (plan.parts().contains(Part.SQL)) {
            lines.putAll(sqlAlone(rows));
        }
        return new Report.Server(kind.toString(), states, lines, cold);
    }

    /** The earlier state comes first, as its migrations do. */
    private List<Contender> contenders() {
        List<Contender> contenders = new ArrayList<>();
        plan.before().ifPresent(before -> contenders.add(demeter(Line.BEFORE, before, Map.of())));
        contenders.add(demeter(Line.DEMETER, plan.checkout(), Map.of()));
        if (plan.plain()) {
            contenders.add(
                    Plain.contender(kind, plan.checkout(), directory, postgres, READY_WITHIN));
        }
        for (Peer peer : plan.peers()) {
            contenders.add(peer.contender(plan.checkout(), directory, postgres, READY_WITHIN));
        }
        return contenders;
    }

    private Contender demeter(String name, Path from, Map<String, String> more) {
        return new Contender(
                name, () -> launch(from, more), server -> server.awaitReady(READY_WITHIN));
    }

    private Server launch(Path from, Map<String, String> more) throws IOException {
        Map<String, String> environment = new HashMap<>(more);
        environment.putAll(postgres.environment());
        environment.put("HTTP_PORT", Integer.toString(Postgres.freePort()));
        Server.prepare(kind, from, environment);
        Path log = directory.resolve("server.log");
        return Server.start(
                kind, from, environment, ProcessBuilder.Redirect.appendTo(log.toFile()));
    }

    /** Stores what is read, and warms the clients up, whom the first server would wait for. */
    private Rows seed(Contender first) throws Exception {
        System.out.println(kind + ", its rows ...");
        Server server = servers.start(first).server();
        Requests.seed(server.base());
        Rows rows = Rows.of(postgres);
        HttpLines.warmUpClients(server.base(), new Requests(server.base(), rows));
        servers.close();
        return rows;
    }

    private Map<Line, Figures> inContainer(Rows rows) throws Exception {
        System.out.println(kind + ", in the container ...");
        Path home = directory.resolve("home");
        Archive.make(plan.checkout().resolve("target"), home);
        Server server =
                servers.start(
                                demeter(
                                        Line.DEMETER,
                                        plan.checkout(),
                                        Map.of("DEMETER_HOME", home.toString())))
                        .server();
        Map<Line, Figures> lines = new ContainerLines(server).measure(rows, WARM_UP, plan.round());
        servers.close();
        // WildFly is left with the WAR as it is.
        Server.prepare(kind, plan.checkout(), postgres.environment());
        return lines;
    }

    private Map<Line, Figures> warm(
            List<Contender> contenders, Rows rows, Map<String, Report.State> states)
            throws Exception {
        System.out.println(kind + ", warm ...");
        Map<String, Server> started = new LinkedHashMap<>();
        Map<String, Duration> untilReady = new HashMap<>();
        for (Contender contender : contenders) {
            Servers.Running running = servers.start(contender);
            started.put(contender.name(), running.server());
            untilReady.put(contender.name(), running.untilReady());
        }
        Map<Line, Figures> lines = HttpLines.measure(started, rows, WARM_UP, plan.round());
        started.forEach(
                (name, server) ->
                        states.put(
                                name,
                                new Report.State(
                                        untilReady.get(name),
                                        Consumption.resident(server.process().toHandle())
                                                .orElse(0))));
        servers.close();
        return lines;
    }

    private Map<Line, Figures> sqlAlone(Rows rows) throws Exception {
        Optional<Path> program = PgBench.find();
        if (program.isEmpty()) {
            System.out.println(
                    "pgbench is not installed: no limit of the database to compare with.");
            return Map.of();
        }
        System.out.println("SQL alone ...");
        PgBench pgbench = new PgBench(program.get(), directory, postgres, rows);
        List<Line> lines = new ArrayList<>();
        for (String what : List.of(PgBench.FIND, PgBench.INSERT)) {
            for (int clients : PGBENCH_CLIENTS) {
                lines.add(new Line(what, Line.PGBENCH, clients));
            }
        }
        return Rounds.of(lines, line -> pgbench.run(line, plan.round()));
    }

    private void stop() {
        servers.close();
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
