package ai.demeter.pool;

import ai.demeter.events.Event;
import ai.demeter.events.EventLog;
import ai.demeter.events.FlightEvents;
import ai.demeter.events.TimeSpent;
import ai.demeter.metrics.Metrics;
import ai.demeter.metrics.Rehearsal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The connection that the work on this thread waited for and has, timed. It begins with a permit of
 * the {@link Bulkhead} and ends with it.
 *
 * <p>Acquisition is the wait for the permit and then for the pool, which opens or validates a
 * connection, until there is one. Usage lasts from then on until the work is done. What got no
 * connection is not part of either; when that was for lack of one it is counted as a timeout.
 */
public final class Loan {
    private static final double[] BORDERS = {
        0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
    };
    private static final Timer ACQUIRE =
            Metrics.histogram("demeter.pool.acquire", BORDERS)
                    .description("From asking for a permit until having a connection")
                    .register(Metrics.registry());
    private static final Timer USAGE =
            Metrics.histogram("demeter.pool.usage", BORDERS)
                    .description("From having a connection until the work with it is done")
                    .register(Metrics.registry());
    private static final Counter TIMEOUTS =
            Counter.builder("demeter.pool.timeouts")
                    .description("Refused because no connection became free in DB_POOL_TIMEOUT")
                    .register(Metrics.registry());

    /** Nanoseconds; what is shorter is no wait but the way through the bulkhead. */
    private static final long WORTH_RECORDING = Duration.ofMillis(1).toNanos();

    /**
     * Static, because Hibernate makes whoever borrows; removed at the end of each loan, so that no
     * thread of the server keeps the application.
     */
    private static final ThreadLocal<Loan> OF_THREAD = new ThreadLocal<>();

    private final long waited;
    private long since;

    private Loan(long waited) {
        this.waited = waited;
    }

    static boolean isUnderWay() {
        return OF_THREAD.get() != null;
    }

    static void begin(long waitedNanos) {
        OF_THREAD.set(new Loan(waitedNanos));
        TimeSpent.waited(waitedNanos);
        if (waitedNanos >= WORTH_RECORDING) {
            FlightEvents.waited(Duration.ofNanos(waitedNanos));
        }
    }

    static void end() {
        Loan loan = OF_THREAD.get();
        OF_THREAD.remove();
        Handles.closeForgotten();
        if (loan != null && loan.since != 0 && !Rehearsal.isUnderWay()) {
            USAGE.record(System.nanoTime() - loan.since, TimeUnit.NANOSECONDS);
        }
    }

    /** No connection became free in time. */
    public static void timedOut() {
        TIMEOUTS.increment();
        EventLog.current()
                .record(Event.Kind.POOL_EXHAUSTED, "no connection became free in DB_POOL_TIMEOUT");
    }

    /**
     * The pool has lent a connection: the first of this loan, or, to another transaction of the
     * same work, the next.
     *
     * @param nanos how long the pool took
     */
    public static void acquired(long nanos) {
        TimeSpent.waited(nanos);
        Loan loan = OF_THREAD.get();
        if (Rehearsal.isUnderWay()) {
            return;
        }
        if (loan == null) {
            ACQUIRE.record(nanos, TimeUnit.NANOSECONDS);
        } else if (loan.since == 0) {
            ACQUIRE.record(loan.waited + nanos, TimeUnit.NANOSECONDS);
            loan.since = System.nanoTime();
        }
    }
}
