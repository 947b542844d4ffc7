package ai.demeter.health;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** The requests that are being answered, and whether further ones are let in. */
@ApplicationScoped
public class InFlight {
    private int requests;
    private boolean closed;

    /**
     * Counts a request, which must {@link #leave} when it is answered.
     *
     * @return false, and not counted, if the service is stopping
     */
    public synchronized boolean enter() {
        if (closed) {
            return false;
        }
        requests++;
        return true;
    }

    /** A request that entered is answered. */
    public synchronized void leave() {
        requests--;
        notifyAll();
    }

    /** Lets nobody in from now on. */
    public synchronized void close() {
        closed = true;
    }

    /**
     * Waits until every request is answered.
     *
     * @return how many are not, when the time is over
     */
    synchronized int awaitNone(Duration atMost) throws InterruptedException {
        long until = System.nanoTime() + atMost.toNanos();
        while (requests > 0) {
            // Rounded up: a wait of zero would have no end.
            long millis = Duration.ofNanos(until - System.nanoTime()).plusNanos(999_999).toMillis();
            if (millis <= 0) {
                break;
            }
            wait(millis);
        }
        return requests;
    }

    /** How many are being answered. */
    public synchronized int count() {
        return requests;
    }
}
