package ai.demeter.idempotency;

import ai.demeter.connection.Heartbeat;
import ai.demeter.database.EnclosingTransaction;
import ai.demeter.schema.Schema;
import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;

/**
 * Removes stored answers that are older than {@code IDEMPOTENCY_HOURS}: in small portions, each a
 * transaction of its own, so that no request waits for it, and by one instance at a time.
 */
@ApplicationScoped
public class Purge {
    private static final Logger LOG = Logger.getLogger(Purge.class.getName());
    private static final int EVERY_SECONDS = 10;
    private static final int PORTION = 1_000;

    /** Of those who observe an event. */
    private static final int LAST = Interceptor.Priority.PLATFORM_AFTER;

    /**
     * An hour more than promised, for clients whose clocks are behind: a key says when it was made.
     */
    private static final int GRACE_HOURS = 1;

    /** Of a transaction, which a pooler between here and the database leaves alone. */
    private static final String ONE_AT_A_TIME = "SELECT pg_try_advisory_xact_lock(4919032101)";

    private static final String REMOVE =
            "DELETE FROM idempotency WHERE (subject, key) IN (SELECT subject, key FROM idempotency"
                    + " WHERE stored_at < now() - make_interval(hours => ?)"
                    + " ORDER BY stored_at LIMIT ? FOR UPDATE SKIP LOCKED)";

    @Resource private ManagedScheduledExecutorService scheduler;
    @Resource private ManagedExecutorService executor;
    private final EnclosingTransaction transactions;
    private final Heartbeat heartbeat;
    private final int hours;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private ScheduledFuture<?> turns;

    /** For the proxy of CDI. */
    protected Purge() {
        transactions = null;
        heartbeat = null;
        hours = 0;
    }

    @Inject
    Purge(EnclosingTransaction transactions, Heartbeat heartbeat, Settings settings) {
        this.transactions = transactions;
        this.heartbeat = heartbeat;
        hours = settings.number(Variable.IDEMPOTENCY_HOURS) + GRACE_HOURS;
    }

    /** After the warm-up, which observes the same: what it uses of the pool is not counted. */
    void start(@Observes @Priority(LAST) Schema.Usable event) {
        turns =
                scheduler.scheduleWithFixedDelay(
                        this::begin, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
    }

    @PreDestroy
    void stop() {
        if (turns != null) {
            turns.cancel(false);
        }
    }

    /**
     * On a thread of its own: it may wait for a connection, and the scheduler has others to call.
     */
    private void begin() {
        if (!heartbeat.isLost() && underWay.compareAndSet(false, true)) {
            try {
                executor.execute(this::run);
            } catch (RuntimeException e) {
                underWay.set(false);
                LOG.fine(() -> "Old answers are not removed now: " + e.getMessage());
            }
        }
    }

    private void run() {
        try {
            int removed;
            do {
                removed = removeSome();
            } while (removed == PORTION);
        } catch (Exception e) { // it is tried again
            LOG.fine(() -> "Old answers could not be removed: " + e.getMessage());
        } finally {
            underWay.set(false);
        }
    }

    private int removeSome() throws Exception {
        AtomicInteger removed = new AtomicInteger();
        transactions.around(
                transaction -> {
                    transaction.begin(
                            connection -> {
                                removed.set(removeSome(connection));
                                return Optional.empty();
                            });
                    transaction.commit(null);
                    return null;
                });
        return removed.get();
    }

    private int removeSome(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet lock = statement.executeQuery(ONE_AT_A_TIME)) {
            lock.next();
            if (!lock.getBoolean(1)) {
                return 0;
            }
        }
        try (PreparedStatement remove = connection.prepareStatement(REMOVE)) {
            remove.setInt(1, hours);
            remove.setInt(2, PORTION);
            return remove.executeUpdate();
        }
    }
}
