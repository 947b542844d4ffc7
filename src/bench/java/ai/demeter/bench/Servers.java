package ai.demeter.bench;

import ai.demeter.run.Server;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The servers that were started, so that none is left. */
final class Servers implements AutoCloseable {
    private final List<Server> started = new CopyOnWriteArrayList<>();

    /**
     * One that is ready.
     *
     * @param untilReady from its start on
     */
    record Running(Server server, Duration untilReady) {}

    /**
     * Starts one and waits for it.
     *
     * @throws IOException if it does not become ready
     */
    Running start(Contender contender) throws IOException, InterruptedException {
        Server server = contender.launch().start();
        started.add(server);
        long launched = System.nanoTime();
        if (!contender.ready().await(server)) {
            throw new IOException(contender.name() + " did not become ready: see its log");
        }
        return new Running(server, Duration.ofNanos(System.nanoTime() - launched));
    }

    /** Ends all that run, as their supervisor would, the last one first. */
    @Override
    public void close() {
        List<Server> last = new ArrayList<>(started);
        Collections.reverse(last);
        last.forEach(Server::close);
        started.removeAll(last);
    }
}
