package ai.demeter.pool;

import ai.demeter.metrics.Metrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/**
 * The connection that the work on this thread waits for, has, and gives back.
 *
 * <p>Acquisition is the wait for a turn and then for the pool, which opens or validates a
 * connection, until there is one. Usage lasts until the pool has it back: at the end of the
 * transaction, though Hibernate returns its handle after each statement, and without a transaction
 * after the statement. What got no connection is not part of either; when that was for lack of one
 * it is counted as a timeout.
 */
public final class BorrowTimes {
    private static final double[] BORDERS = {
        0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
    };
    private static final Timer ACQUIRE =
            Metrics.histogram("demeter.pool.acquire", BORDERS)
                    .description("From asking for a turn until having a connection")
                    .register(Metrics.registry());
    private static final Timer USAGE =
            Metrics.histogram("demeter.pool.usage", BORDERS)
                    .description("From having a connection until the pool has it back")
                    .register(Metrics.registry());
    private static final Counter TIMEOUTS =
            Counter.builder("demeter.pool.timeouts")
                    .description("Refused because no connection became free in DB_POOL_TIMEOUT")
                    .register(Metrics.registry());

    /** Removed at the end of each loan, so that no thread of the server keeps the application. */
    private static final ThreadLocal<BorrowTimes> OF_THREAD = new ThreadLocal<>();

    private long waited;
    private long since;
    private boolean inTransaction;

    private BorrowTimes() {}

    private static BorrowTimes ofThread() {
        BorrowTimes loan = OF_THREAD.get();
        if (loan == null) {
            loan = new BorrowTimes();
            OF_THREAD.set(loan);
        }
        return loan;
    }

    public static void timedOut() {
        TIMEOUTS.increment();
    }

    /** A turn was waited for; the connection is to follow. */
    public static void waited(long nanos) {
        ofThread().waited = nanos;
    }

    /** The pool has lent a connection, which took this long. */
    public static void acquired(long nanos) {
        BorrowTimes loan = ofThread();
        if (loan.since == 0) { // otherwise the one that the transaction has already
            ACQUIRE.record(loan.waited + nanos, TimeUnit.NANOSECONDS);
            loan.since = System.nanoTime();
        }
    }

    /** Hibernate has returned the connection's handle. */
    public static void returned() {
        if (!ofThread().inTransaction) {
            end();
        }
    }

    public static void transactionBegins() {
        ofThread().inTransaction = true;
    }

    public static void transactionEnds() {
        end();
    }

    /** The request is over, whether it needed a connection or not. */
    public static void forget() {
        OF_THREAD.remove();
    }

    private static void end() {
        BorrowTimes loan = ofThread();
        if (loan.since != 0) {
            USAGE.record(System.nanoTime() - loan.since, TimeUnit.NANOSECONDS);
        }
        forget();
    }
}
