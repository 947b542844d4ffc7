package ai.demeter.bench;

import ai.demeter.run.Server;
import java.io.IOException;

/**
 * One of those that clients measure side by side.
 *
 * @param name by whom its lines are
 * @param launch starts it, and does not wait for it
 * @param ready waits until clients may come; false if it ended or was not ready in time
 */
record Contender(String name, Launch launch, Ready ready) {

    /** How it is started. */
    @FunctionalInterface
    interface Launch {
        Server start() throws IOException;
    }

    /** How it is known to be ready. */
    @FunctionalInterface
    interface Ready {
        boolean await(Server server) throws InterruptedException;
    }
}
