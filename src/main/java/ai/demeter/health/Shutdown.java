package ai.demeter.health;

import ai.demeter.events.Event;
import ai.demeter.events.EventLog;
import ai.demeter.events.Spans;
import ai.demeter.pool.PoolFiller;
import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.logging.Logger;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * The end of the service: on SIGTERM or SIGINT it is not ready any more and takes no new work at
 * once, finishes what is in flight within {@code SHUTDOWN_GRACE}, and then ends the process.
 *
 * <p>Both servers cut requests in flight when the JVM begins to shut down, and Payara's own grace
 * is a sleep during which it stays ready. The signal is therefore taken before the JVM sees it.
 * There is no other way to do that than {@code sun.misc.Signal}, which is part of the supported
 * module {@code jdk.unsupported} (JEP 260).
 *
 * <p>The process ends without the JVM's shutdown hooks: in theirs both servers take the application
 * away while their port is still open, and answer 404 or 500 meanwhile. Nothing is left for them to
 * do that the end of a process does not.
 */
@ApplicationScoped
public class Shutdown {
    private static final Logger LOG = Logger.getLogger(Shutdown.class.getName());

    /** For the last bytes of an answer to leave the server after the request has ended. */
    private static final Duration FLUSH = Duration.ofMillis(300);

    private final InFlight requests;
    private final Runnable stopPool;
    private final Duration delay;
    private final Duration grace;
    private final IntConsumer exit;
    private final Map<Signal, SignalHandler> before = new HashMap<>();
    private boolean begun;
    private volatile boolean underWay;

    /** For the client proxy. */
    protected Shutdown() {
        this(null, null, null, null, null);
    }

    @Inject
    Shutdown(InFlight requests, PoolFiller pool, Settings settings) {
        this(
                requests,
                () -> {
                    pool.stop();
                    Spans.stop();
                },
                settings.seconds(Variable.SHUTDOWN_DELAY),
                settings.seconds(Variable.SHUTDOWN_GRACE),
                Runtime.getRuntime()::halt);
    }

    /**
     * For any process.
     *
     * @param delay how long requests are let in after the signal, so that a balancer that finds the
     *     instance not ready has sent its last ones
     * @param grace how long those in flight get from then on
     * @param exit ends the process with a status
     */
    Shutdown(
            InFlight requests,
            Runnable stopPool,
            Duration delay,
            Duration grace,
            IntConsumer exit) {
        this.requests = requests;
        this.stopPool = stopPool;
        this.delay = delay;
        this.grace = grace;
        this.exit = exit;
    }

    /** Whether the service is about to end. */
    public boolean isUnderWay() {
        return underWay;
    }

    void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
        for (String name : new String[] {"TERM", "INT"}) {
            Signal signal = new Signal(name);
            before.put(signal, Signal.handle(signal, this::finish));
        }
    }

    /** An application that is undeployed leaves no handler behind. */
    @PreDestroy
    void stop() {
        before.forEach(Signal::handle);
        before.clear();
    }

    private void finish(Signal signal) {
        // The JVM's own thread has none, and CDI needs one.
        Thread.currentThread().setContextClassLoader(Shutdown.class.getClassLoader());
        finish(signal.getName(), signal.getNumber());
    }

    /** Ends the process; the second signal does nothing that the first does not. */
    void finish(String signal, int number) {
        synchronized (this) {
            if (begun) {
                return;
            }
            begun = true;
        }
        underWay = true;
        EventLog.current().record(Event.Kind.STOPPING, "SIG" + signal);
        LOG.info(
                () ->
                        "Stopping on SIG"
                                + signal
                                + ": "
                                + requests.count()
                                + " requests in flight get "
                                + grace.toSeconds()
                                + " s");
        try {
            Thread.sleep(delay.toMillis());
            requests.close();
            int left = requests.awaitNone(grace);
            Thread.sleep(FLUSH.toMillis());
            if (left > 0) {
                LOG.warning(
                        () -> left + " requests did not finish within SHUTDOWN_GRACE and are cut");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            try {
                stopPool.run();
            } finally {
                exit.accept(128 + number); // whatever happened, the signal is obeyed
            }
        }
    }
}
