package ai.demeter.detection;

import ai.demeter.schema.Schema;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;

/**
 * Makes partitions for the months to come. What has none is stored as well (V8__detection.sql), so
 * that nobody waits for this, and it may fail: it is tried again.
 */
@ApplicationScoped
public class Months {
    private static final Logger LOG = Logger.getLogger(Months.class.getName());
    private static final int EVERY_MINUTES = 10;

    @Resource private ManagedScheduledExecutorService scheduler;
    @Resource private ManagedExecutorService executor;
    private final Detections detections;
    private final Schema schema;
    private ScheduledFuture<?> turns;

    /** For the proxy of CDI. */
    protected Months() {
        this(null, null);
    }

    @Inject
    Months(Detections detections, Schema schema) {
        this.detections = detections;
        this.schema = schema;
    }

    void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
        // On a thread of its own: it may wait for a connection, and the scheduler has others to
        // call.
        turns =
                scheduler.scheduleWithFixedDelay(
                        () -> executor.execute(this::make),
                        EVERY_MINUTES,
                        EVERY_MINUTES,
                        TimeUnit.MINUTES);
    }

    @PreDestroy
    void stop() {
        turns.cancel(false);
    }

    private void make() {
        try {
            if (schema.state() == Schema.State.CURRENT) {
                detections.makeMonths();
            }
        } catch (RuntimeException e) {
            LOG.fine(() -> "Partitions could not be made: " + e.getMessage());
        }
    }
}
