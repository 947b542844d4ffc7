package ai.demeter.health;

import ai.demeter.pool.Bulkhead;
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
import java.util.logging.Logger;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * The end of the service: on SIGTERM or SIGINT it is not ready any more and takes no new work at
 * once, finishes what is in flight within {@code SHUTDOWN_GRACE}, and then lets the server stop.
 *
 * <p>Both servers cut requests in flight when the JVM begins to shut down, and Payara's own grace
 * is a sleep during which it stays ready. The signal is therefore taken before the JVM sees it.
 * There is no other way to do that than {@code sun.misc.Signal}, which is part of the supported
 * module {@code jdk.unsupported} (JEP 260).
 */
@ApplicationScoped
public class Shutdown {
    private static final Logger LOG = Logger.getLogger(Shutdown.class.getName());

    /** For the last bytes of an answer to leave the server after the request has ended. */
    private static final long FLUSH_MILLIS = 300;

    private static final long POLL_MILLIS = 20;

    @Inject private Bulkhead turns;
    @Inject private PoolFiller pool;
    private final Duration grace = Settings.current().seconds(Variable.SHUTDOWN_GRACE);
    private final Map<Signal, SignalHandler> before = new HashMap<>();
    private volatile boolean underWay;

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
        synchronized (this) {
            if (underWay) {
                return;
            }
            underWay = true;
        }
        LOG.info(
                () ->
                        "Stopping on SIG"
                                + signal.getName()
                                + ": "
                                + turns.taken()
                                + " requests in flight and "
                                + turns.waiting()
                                + " waiting get "
                                + grace.toSeconds()
                                + " s");
        long until = System.nanoTime() + grace.toNanos();
        try {
            while (turns.taken() + turns.waiting() > 0 && System.nanoTime() - until < 0) {
                Thread.sleep(POLL_MILLIS);
            }
            Thread.sleep(FLUSH_MILLIS);
            int left = turns.taken() + turns.waiting();
            if (left > 0) {
                LOG.warning(
                        () -> left + " requests did not finish within SHUTDOWN_GRACE and are cut");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            // Their executor is suspended before them, and would log each run that it refuses.
            turns.stop();
            pool.stop();
            System.exit(128 + signal.getNumber()); // whatever happened, the signal is obeyed
        }
    }
}
