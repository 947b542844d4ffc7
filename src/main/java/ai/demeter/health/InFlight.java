package ai.demeter.health;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/**
 * The requests that are being answered, and whether further ones are let in.
 *
 * <p>Its lock is not the object's own: the proxy that CDI hands out for this bean has the modifiers
 * of its methods, and a synchronized one would keep everyone out for as long as somebody waits.
 */
@ApplicationScoped
public class InFlight {
    private final Object lock = new Object();
    private int requests;
    private boolean closed;

    /**
     * Counts a request, which must {@link #leave} when it is answered.
     *
     * @return false, and not counted, if the service is stopping
     */
    public boolean enter() {
        synchronized (lock) {
            if (closed) {
                return false;
            }
            requests++;
            return true;
        }
    }

    /** A request that entered is answered. */
    public void leave() {
        synchronized (lock) {
            requests--;
            lock.notifyAll();
        }
    }

    /** Lets nobody in from now on. */
    public void close() {
        synchronized (lock) {
            closed = true;
        }
    }

    /**
     * Waits until every request is answered.
     *
     * @return how many are not, when the time is over
     */
    public int awaitNone(Duration atMost) throws InterruptedException {
        long until = System.nanoTime() + atMost.toNanos();
        synchronized (lock) {
            while (requests > 0) {
                // Rounded up: a wait of zero would have no end.
                long millis =
                        Duration.ofNanos(until - System.nanoTime()).plusNanos(999_999).toMillis();
                if (millis <= 0) {
                    break;
                }
                lock.wait(millis);
            }
            return requests;
        }
    }

    /** How many are being answered. */
    public int count() {
        synchronized (lock) {
            return requests;
        }
    }
}
