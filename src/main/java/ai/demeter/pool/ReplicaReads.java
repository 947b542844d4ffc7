package ai.demeter.pool;

import ai.demeter.metrics.Rehearsal;
import ai.demeter.replica.LogPosition;
import ai.demeter.replica.Replica;
import ai.demeter.replica.ReplicaWatch;
import ai.demeter.settings.ReadReplica;
import ai.demeter.settings.Settings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.sql.DataSource;

/**
 * Sends reads that may be stale to the read replica, and back to the primary where that is away,
 * late, busy, or fails: nobody sees an error of it.
 *
 * <p>It has permits of its own, for which nobody waits: while all are in use the primary serves.
 */
@ApplicationScoped
public class ReplicaReads {
    /** The name under which both servers know its pool. */
    static final String JNDI_NAME = "jdbc/demeter-read";

    /** Why the primary served a read that might have been stale. */
    enum Fallback {
        AWAY,
        POSITION,
        BEHIND,
        BUSY,
        FAILED
    }

    /** Static, because Hibernate makes whoever borrows. */
    private static final ThreadLocal<Boolean> CHOSEN = new ThreadLocal<>();

    private static volatile DataSource pool;

    private final Map<Fallback, Counter> fallbacks = new EnumMap<>(Fallback.class);
    private final Judgement judgement;
    private final Runnable broke;
    private final Bulkhead permits;
    private Counter byPrimary;
    private Counter byReplica;

    /** Whether the replica may be read from now. */
    @FunctionalInterface
    interface Judgement {
        /** As {@link ReplicaWatch#doubt}. */
        Optional<ReplicaWatch.Doubt> doubt(Duration mayBeOld, LogPosition position);
    }

    /** For the proxy of CDI. */
    protected ReplicaReads() {
        judgement = null;
        broke = null;
        permits = null;
    }

    @Inject
    ReplicaReads(Settings settings, MeterRegistry registry) {
        ReplicaWatch watch = Replica.ofProcess().map(Replica::watch).orElse(null);
        permits = permits(settings.replica().map(ReadReplica::poolMaximum).orElse(0));
        if (watch == null) {
            judgement = null;
            broke = null;
        } else {
            judgement = watch::doubt;
            broke = watch::doubted;
            count(registry);
            publish(watch, registry);
        }
    }

    /**
     * For a replica.
     *
     * @param broke is told of each read that broke there
     * @param maximum how many reads may be there at once
     */
    ReplicaReads(Judgement judgement, Runnable broke, int maximum, MeterRegistry registry) {
        this.judgement = judgement;
        this.broke = broke;
        permits = permits(maximum);
        count(registry);
    }

    private static Bulkhead permits(int maximum) {
        return new Bulkhead(maximum, 0, Duration.ZERO, () -> false, System::nanoTime);
    }

    private void count(MeterRegistry registry) {
        byPrimary = reads("primary").register(registry);
        byReplica = reads("replica").register(registry);
        for (Fallback reason : Fallback.values()) {
            fallbacks.put(
                    reason,
                    Counter.builder("demeter.reads.fallbacks")
                            .description("Reads that might have been stale, served by the primary")
                            .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    private void publish(ReplicaWatch watch, MeterRegistry registry) {
        Gauge.builder("demeter.replica.reachable", () -> watch.isAway() ? 0 : 1)
                .description("1 while the read replica answers and follows, else 0")
                .register(registry);
        Gauge.builder("demeter.replica.lag", () -> lagSeconds(watch))
                .baseUnit("seconds")
                .description("How old what the read replica has is at most")
                .register(registry);
        Gauge.builder("demeter.replica.connections.active", permits::inUse)
                .description("Reads at work at the replica")
                .register(registry);
    }

    private static Counter.Builder reads(String node) {
        return Counter.builder("demeter.reads")
                .description("Reads outside a transaction, by the server that answered")
                .tag("node", node);
    }

    private static double lagSeconds(ReplicaWatch watch) {
        return watch.lag().map(lag -> lag.toNanos() / 1e9).orElse(Double.NaN);
    }

    /** As many as its pool may hold connections. */
    Bulkhead permits() {
        return permits;
    }

    /**
     * Runs a read.
     *
     * @param mayBeOld how old what it reads may be; zero: the primary is asked
     * @param position what must have been replayed; null for nothing in particular
     * @param atReplica one run of it, whose connections are with the replica
     * @param atPrimary the same with the primary, whatever it takes
     * @throws Exception what that threw
     */
    public <T> T call(
            Duration mayBeOld, LogPosition position, Callable<T> atReplica, Callable<T> atPrimary)
            throws Exception {
        if (judgement == null || Loan.isUnderWay() || Rehearsal.isUnderWay()) {
            return atPrimary.call();
        }
        if (!mayBeOld.isZero()) {
            Fallback reason = refusal(mayBeOld, position);
            if (reason == null) {
                try {
                    return run(atReplica);
                } catch (Exception e) { // it has changed nothing
                    broke.run();
                    reason = Fallback.FAILED;
                }
            }
            fallbacks.get(reason).increment();
        }
        byPrimary.increment();
        return atPrimary.call();
    }

    /** Null if it may go there; it has a permit then. */
    private Fallback refusal(Duration mayBeOld, LogPosition position) {
        Optional<ReplicaWatch.Doubt> doubt = judgement.doubt(mayBeOld, position);
        if (doubt.isPresent()) {
            return Fallback.valueOf(doubt.get().name());
        }
        return permits.tryAcquire() ? null : Fallback.BUSY;
    }

    private <T> T run(Callable<T> atReplica) throws Exception {
        boolean inner = CHOSEN.get() != null;
        CHOSEN.set(true);
        try {
            T result = atReplica.call();
            byReplica.increment();
            return result;
        } finally {
            if (!inner) {
                CHOSEN.remove();
                Handles.closeForgotten();
            }
            permits.release();
        }
    }

    /** Whether what this thread does is to be done by the replica: not what it has a loan for. */
    public static boolean isChosen() {
        return CHOSEN.get() != null && !Loan.isUnderWay();
    }

    /** A connection with the replica. */
    public static Connection borrow() throws SQLException {
        DataSource known = pool;
        if (known == null) {
            known = dataSource();
            pool = known; // to look it up for each read would cost more than to borrow
        }
        return BorrowGate.ofReplica().beside(known::getConnection);
    }

    /**
     * The data source of the container.
     *
     * @throws IllegalStateException if the server has none
     */
    static DataSource dataSource() {
        return PoolFiller.lookUp(JNDI_NAME);
    }
}
