package ai.demeter.bench;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * What clients see of one that was just started, from its readiness on: nothing asked it anything
 * before, but whether it is ready.
 *
 * @param first what the first request took
 * @param windows one after the other
 */
record Cold(String what, String by, Duration untilReady, Figures first, List<Figures> windows) {
    static final int CONNECTIONS = 32;
    static final int WINDOWS = 4;
    static final Duration WINDOW = Duration.ofSeconds(10);

    /** Measures gets, and then posts, of each after a start of its own, with nobody else there. */
    static List<Cold> measure(List<Contender> contenders, Servers servers, Rows rows)
            throws Exception {
        List<Cold> measured = new ArrayList<>();
        for (String what : List.of(Requests.GET, Requests.POST)) {
            for (Contender contender : contenders) {
                Servers.Running running = servers.start(contender);
                measured.add(measure(what, contender.name(), running, rows));
                servers.close();
            }
        }
        return measured;
    }

    private static Cold measure(String what, String by, Servers.Running running, Rows rows)
            throws Exception {
        URI base = running.server().base();
        Supplier<byte[]> requests = new Requests(base, rows).of(what);
        Figures first = Clients.run(base, 1, Duration.ZERO, requests);
        List<Figures> windows = new ArrayList<>();
        for (int i = 0; i < WINDOWS; i++) {
            windows.add(Clients.run(base, CONNECTIONS, WINDOW, requests));
        }
        return new Cold(what, by, running.untilReady(), first, windows);
    }

    /** How many requests failed, the first included. */
    long failed() {
        return first.failed() + windows.stream().mapToLong(Figures::failed).sum();
    }
}
