package ai.demeter.bench;

import ai.demeter.run.Server;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is measured over HTTP, warm. */
final class HttpLines {
    private static final List<Integer> CONNECTIONS = List.of(1, 32, 200);

    /** On 2 cores busy request threads starve the JIT compiler, which is what a warm-up is for. */
    private static final int WARM_UP_CONNECTIONS = 4;

    private static final Duration WARM_UP_SLICE = Duration.ofSeconds(2);

    /** So that a busy machine does not measure colder code than a quiet one. */
    private static final long WARM_UP_REQUESTS = 40_000;

    private static final int WARM_UP_AT_MOST = 4;

    private static final Duration WARM_UP_OF_CLIENTS = Duration.ofSeconds(5);

    private HttpLines() {}

    /** A server and what is asked of it. */
    private record Target(Server server, Requests requests) {
        Target(Server server, Rows rows) {
            this(server, new Requests(server.base(), rows));
        }
    }

    /**
     * Measures all of them, on all servers side by side.
     *
     * @param servers by whom their lines are
     * @param round how long a line is measured in a round
     */
    static Map<Line, Figures> measure(
            Map<String, Server> servers, Rows rows, Duration warmUp, Duration round)
            throws Exception {
        Map<String, Target> targets = new LinkedHashMap<>();
        servers.forEach((by, server) -> targets.put(by, new Target(server, rows)));
        for (Map.Entry<String, Target> target : targets.entrySet()) {
            System.out.print(target.getKey() + " ");
            warmUp(target.getValue(), Requests.answeredBy(target.getKey()), warmUp);
        }
        List<Line> lines = new ArrayList<>();
        for (String what : Requests.ALL) {
            for (int connections : CONNECTIONS) {
                for (String by : targets.keySet()) {
                    if (Requests.answeredBy(by).contains(what)) {
                        lines.add(new Line(what, by, connections));
                    }
                }
            }
        }
        return Rounds.of(
                lines,
                line -> targets.get(line.by()).server.process().toHandle(),
                line -> {
                    Target target = targets.get(line.by());
                    return Clients.run(
                            target.server.base(),
                            line.atOnce(),
                            round,
                            target.requests.of(line.what()));
                });
    }

    /** Lets the clients' own code be compiled, before whom they measure first waits for them. */
    static void warmUpClients(URI base, Requests requests) throws IOException {
        for (String what : List.of(Requests.GET, Requests.POST)) {
            Clients.run(base, Cold.CONNECTIONS, WARM_UP_OF_CLIENTS, requests.of(what));
        }
    }

    /** For the given time, and then until there were enough requests, within four times of it. */
    private static void warmUp(Target target, List<String> requests, Duration time)
            throws IOException {
        long started = System.nanoTime();
        double answered = 0;
        for (int i = 0; ; i++) {
            long before = System.nanoTime();
            Duration past = Duration.ofNanos(before - started);
            boolean warm = past.compareTo(time) > 0 && answered > WARM_UP_REQUESTS;
            if (warm || past.compareTo(time.multipliedBy(WARM_UP_AT_MOST)) > 0) {
                System.out.printf("warm after %d s, %.0f requests%n", past.toSeconds(), answered);
                return;
            }
            Figures figures =
                    Clients.run(
                            target.server.base(),
                            WARM_UP_CONNECTIONS,
                            WARM_UP_SLICE,
                            target.requests.of(requests.get(i % requests.size())));
            answered += figures.perSecond() * (System.nanoTime() - before) / 1e9;
        }
    }
}
