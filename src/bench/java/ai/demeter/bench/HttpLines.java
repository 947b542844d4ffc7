package ai.demeter.bench;

import ai.demeter.run.Server;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is measured over HTTP. */
final class HttpLines {
    private static final List<String> REQUESTS =
            List.of(Requests.GET, Requests.LIST, Requests.POST, Requests.POST_WITH_KEY);
    private static final List<Integer> CONNECTIONS = List.of(1, 32, 200);

    /** On 2 cores busy request threads starve the JIT compiler, which is what a warm-up is for. */
    private static final int WARM_UP_CONNECTIONS = 4;

    private static final Duration WARM_UP_SLICE = Duration.ofSeconds(2);

    /** So that a busy machine does not measure colder code than a quiet one. */
    private static final long WARM_UP_REQUESTS = 40_000;

    private static final int WARM_UP_AT_MOST = 4;

    private HttpLines() {}

    /** A server and what is asked of it. */
    private record Target(Server server, Requests requests) {
        Target(Server server, Rows rows) {
            this(server, new Requests(server.base(), rows));
        }
    }

    /**
     * Measures all of them, on both side by side.
     *
     * @param otherName by whom the other's lines are
     * @param round how long a line is measured in a round
     */
    static Map<Line, Figures> measure(
            Server server,
            String otherName,
            Server other,
            Rows rows,
            Duration warmUp,
            Duration round)
            throws Exception {
        Map<String, Target> targets = new LinkedHashMap<>();
        targets.put(Line.DEMETER, new Target(server, rows));
        targets.put(otherName, new Target(other, rows));
        for (Target target : targets.values()) {
            warmUp(target.server.base(), target.requests, warmUp);
        }
        List<Line> lines = new ArrayList<>();
        for (String what : REQUESTS) {
            for (int connections : CONNECTIONS) {
                for (String by : targets.keySet()) {
                    lines.add(new Line(what, by, connections));
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

    /** For the given time, and then until there were enough requests, within four times of it. */
    private static void warmUp(URI base, Requests requests, Duration time) throws IOException {
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
                            base,
                            WARM_UP_CONNECTIONS,
                            WARM_UP_SLICE,
                            requests.of(REQUESTS.get(i % REQUESTS.size())));
            answered += figures.perSecond() * (System.nanoTime() - before) / 1e9;
        }
    }
}
