package ai.demeter.http;

import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The bodies that somebody waits for: each keeps a thread of the server, so that no more than
 * {@link Settings#BODIES} may do so, and none longer than {@code HTTP_BODY_TIMEOUT} in all.
 *
 * <p>Both servers limit each read alone, which a byte a second satisfies for ever. A thread that
 * waits too long is interrupted, which ends the wait on both (docs/decisions/slow-bodies.md).
 */
@ApplicationScoped
public class ArrivingBodies {
    private static final long ROUND_MILLIS = 100;

    /** How long the rest of a body that was refused is waited for. */
    static final Duration LINGER = Duration.ofSeconds(1);

    /** Of a stream, in each {@code HTTP_BODY_TIMEOUT} of waiting: 13 kB/s by default. */
    static final int LEAST_BYTES = 256 << 10;

    private final Semaphore permits = new Semaphore(Settings.BODIES);
    private final Set<Arrival> waiting = ConcurrentHashMap.newKeySet();
    private final Duration timeout;
    private final LongSupplier clock;
    private volatile Thread watchdog;

    /** For the container. */
    public ArrivingBodies() {
        this(Settings.current().seconds(Variable.HTTP_BODY_TIMEOUT), System::nanoTime);
    }

    /**
     * Does not look yet.
     *
     * @param clock nanoseconds, as {@link System#nanoTime}
     */
    ArrivingBodies(Duration timeout, LongSupplier clock) {
        this.timeout = timeout;
        this.clock = clock;
    }

    /** A thread of its own: Payara's executor has one, which may be busy with the database. */
    @PostConstruct
    void start() {
        watchdog = new Thread(this::lookAgainAndAgain, "demeter-bodies");
        watchdog.setDaemon(true);
        watchdog.start();
    }

    @PreDestroy
    void stop() {
        watchdog.interrupt();
    }

    private void lookAgainAndAgain() {
        try {
            while (true) {
                Thread.sleep(ROUND_MILLIS);
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the application ends
        }
    }

    /** Ends the waits that are too long. */
    void look() {
        waiting.forEach(Arrival::endIfLate);
    }

    /** How many wait at this moment. */
    int waiting() {
        return waiting.size();
    }

    /** How many more may have to wait. */
    int permits() {
        return permits.availablePermits();
    }

    /** A body that is about to be read. */
    Arrival next() {
        return new Arrival();
    }

    /** Reads what the client has yet to send. */
    interface Read {
        int bytes() throws IOException;
    }

    /** One body. */
    final class Arrival {
        private boolean permitted;
        private BooleanSupplier cancelled = () -> false;
        // Guarded by this: the watchdog looks at them.
        private Thread reader;
        private long since;
        private long waited;
        private boolean ended;
        private long arrived;

        /**
         * Has the time begin anew with every {@link #LEAST_BYTES}: whoever sends that much in each
         * {@code HTTP_BODY_TIMEOUT} may send for as long as he likes, unless it is cancelled.
         */
        synchronized void streams(BooleanSupplier toEnd) {
            cancelled = toEnd;
            arrived = 0;
        }

        /** Nobody wants it any more: waits no longer than {@link #LINGER} for its rest. */
        synchronized void linger() {
            cancelled = () -> false;
            waited = Math.max(waited, timeout.minus(LINGER).toNanos());
        }

        /** So much of a stream is there. */
        synchronized void arrived(int bytes) {
            arrived += bytes;
            if (arrived >= LEAST_BYTES) {
                arrived = 0;
                waited = 0;
            }
        }

        /** Asks to wait; false if too many do. Once granted it holds until {@link #leave}. */
        boolean enter() {
            permitted = permitted || permits.tryAcquire();
            return permitted;
        }

        /** It is there, or nobody waits for it any more. */
        void leave() {
            if (permitted) {
                permitted = false;
                permits.release();
            }
        }

        /**
         * Waits, as long as the time for the whole body allows. Only waiting counts: that a busy
         * machine reads slowly is not its client's fault.
         *
         * @throws InterruptedIOException if the time is over
         */
        int await(Read read) throws IOException {
            begin();
            try {
                return read.bytes();
            } catch (IOException | RuntimeException e) { // the servers have words of their own
                if (isLate() || cancelled.getAsBoolean()) {
                    throw late();
                }
                throw e;
            } finally {
                end();
            }
        }

        private synchronized void begin() throws InterruptedIOException {
            if (isLate()) {
                throw late();
            }
            reader = Thread.currentThread();
            since = clock.getAsLong();
            waiting.add(this);
        }

        /** The thread is the server's again, which is not to find it interrupted. */
        private synchronized void end() {
            waiting.remove(this);
            waited += clock.getAsLong() - since;
            reader = null;
            if (ended) {
                Thread.interrupted();
                InterruptedWait.forget();
            }
        }

        private synchronized boolean isLate() {
            long now = reader == null ? 0 : clock.getAsLong() - since;
            return waited + now >= timeout.toNanos();
        }

        private synchronized void endIfLate() {
            if (reader != null && (isLate() || cancelled.getAsBoolean())) {
                ended = true;
                reader.interrupt();
            }
        }

        private InterruptedIOException late() {
            return new InterruptedIOException(
                    "The body did not arrive within " + timeout.toSeconds() + " s.");
        }
    }
}
