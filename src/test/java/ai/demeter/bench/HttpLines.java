package ai.demeter.bench;

import ai.demeter.run.Server;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is measured over HTTP. */
final class HttpLines {
    private static final List<String> REQUESTS =
            List.of(Requests.GET, Requests.LIST, Requests.POST);
    private static final List<Integer> CONNECTIONS = List.of(1, 32, 200);

    /** On 2 cores busy request threads starve the JIT compiler, which is what a warm-up is for. */
    private static final int WARM_UP_CONNECTIONS = 4;

    private static final int WARM_UP_SLICES = 12;

    private HttpLines() {}

    /**
     * Measures all of them.
     *
     * @param round how long a line is measured in a round
     */
    static Map<Line, Figures> measure(Server server, Rows rows, Duration warmUp, Duration round)
            throws Exception {
        URI base = server.base();
        Requests requests = new Requests(base, rows);
        for (int i = 0; i < WARM_UP_SLICES; i++) {
            Clients.run(
                    base,
                    WARM_UP_CONNECTIONS,
                    warmUp.dividedBy(WARM_UP_SLICES),
                    requests.of(REQUESTS.get(i % REQUESTS.size())));
        }
        List<Line> lines = new ArrayList<>();
        for (String what : REQUESTS) {
            for (int connections : CONNECTIONS) {
                lines.add(new Line(what, Line.DEMETER, connections));
            }
        }
        return Rounds.of(
                lines, line -> Clients.run(base, line.atOnce(), round, requests.of(line.what())));
    }
}
