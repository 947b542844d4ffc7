package ai.demeter.status;

import ai.demeter.connection.CompositionRoot;
import ai.demeter.events.EventLog;
import ai.demeter.metrics.Metrics;
import ai.demeter.pool.Bulkhead;
import ai.demeter.pool.PoolStatistics;
import ai.demeter.settings.Variable;
import io.micrometer.core.instrument.Timer;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;

/**
 * Looks at the pool once a second, so that the page has a past to show to whoever opens it.
 *
 * <p>On a thread of its own: Payara's default executor is a single thread, which whatever fills the
 * pool may hold while the database is away, just when the samples matter most.
 */
@ApplicationScoped
public class Sampler {
    private static final Logger LOG = Logger.getLogger(Sampler.class.getName());

    private final Samples samples = new Samples();
    private final RecentTimers timers = new RecentTimers(System::nanoTime);
    private final PoolStatistics pool;
    private final Bulkhead bulkhead;
    private final Event<Sample> taken;
    private ScheduledExecutorService thread;

    /** For the container's proxies. */
    protected Sampler() {
        bulkhead = null;
        pool = null;
        taken = null;
    }

    /**
     * Looks at the pool of this server.
     *
     * @param taken is told of each sample
     */
    @Inject
    public Sampler(Bulkhead bulkhead, Event<Sample> taken) {
        this.bulkhead = bulkhead;
        this.pool = PoolStatistics.ofThisServer();
        this.taken = taken;
    }

    void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
        if (CompositionRoot.ofProcess().settings().flag(Variable.STATUS_PAGE)) {
            thread =
                    Executors.newSingleThreadScheduledExecutor(
                            work -> {
                                Thread sampler = new Thread(work, "demeter-status");
                                sampler.setDaemon(true);
                                return sampler;
                            });
            thread.scheduleAtFixedRate(this::sample, 0, 1, TimeUnit.SECONDS);
        }
    }

    @PreDestroy
    void stop() {
        if (thread != null) {
            thread.shutdownNow();
        }
    }

    Samples samples() {
        return samples;
    }

    RecentTimers timers() {
        return timers;
    }

    PoolStatistics pool() {
        return pool;
    }

    private void sample() {
        try {
            long number = samples.next();
            Sample sample =
                    new Sample(
                            number,
                            System.currentTimeMillis() / 1000,
                            pool.active(),
                            pool.idle(),
                            bulkhead.waiting(),
                            !CompositionRoot.ofProcess().heartbeat().isLost(),
                            EventLog.current().changes());
            samples.add(sample);
            if (number % RecentTimers.STEP == 0) {
                timers.read(all());
            }
            taken.fire(sample);
        } catch (RuntimeException e) { // the next one may succeed, and none would follow otherwise
            LOG.fine(() -> "No sample for the status page: " + e.getMessage());
        }
    }

    static Collection<Timer> all() {
        return Metrics.registry().getMeters().stream()
                .filter(Timer.class::isInstance)
                .map(Timer.class::cast)
                .toList();
    }
}
