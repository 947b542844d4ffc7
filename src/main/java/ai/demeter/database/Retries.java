package ai.demeter.database;

import ai.demeter.connection.Heartbeat;
import ai.demeter.events.Event;
import ai.demeter.events.EventLog;
import ai.demeter.events.Spans;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Runs a piece of work again where that is certain to do no harm.
 *
 * <p>All its runs share one permit of the {@link ai.demeter.pool.Bulkhead}: who queued for each of
 * them anew would wait up to three times as long as {@code DB_POOL_TIMEOUT} allows.
 */
@Dependent
class Retries {
    /** Runs in all, the first included (docs/guarantees.md: "up to 3 times"). */
    static final int MOST = 3;

    private static final int PAUSE_MILLIS = 10;

    /**
     * A connection that took this long to fail was not merely found dead: waiting on would add up.
     */
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    private final BooleanSupplier inTransaction;
    private final BooleanSupplier lost;
    private final LongSupplier clock;

    @Inject
    Retries(Transaction transaction, Heartbeat heartbeat) {
        this(transaction::isUnderWay, heartbeat::isLost, System::nanoTime);
    }

    /**
     * For work on any thread.
     *
     * @param inTransaction whether the caller has a transaction under way
     * @param lost whether the database is lost
     * @param clock nanoseconds, as {@link System#nanoTime}
     */
    Retries(BooleanSupplier inTransaction, BooleanSupplier lost, LongSupplier clock) {
        this.inTransaction = inTransaction;
        this.lost = lost;
        this.clock = clock;
    }

    /**
     * Runs the work.
     *
     * @throws Exception what the last run threw
     */
    <T> T run(Callable<T> work) throws Exception {
        if (inTransaction.getAsBoolean()) {
            return work.call(); // only the whole transaction may be run again
        }
        for (int attempt = 1; ; attempt++) {
            long started = clock.getAsLong();
            try {
                return Spans.within("attempt", attempt, work, Retries::kind);
            } catch (Exception e) {
                if (attempt == MOST || !mayRunAgain(e, clock.getAsLong() - started)) {
                    throw e;
                }
                EventLog.current()
                        .record(Event.Kind.RETRIED, "after attempt " + attempt + ": " + kind(e));
                // Random, so that those who collided do not collide again.
                Thread.sleep(ThreadLocalRandom.current().nextInt(PAUSE_MILLIS << attempt) + 1L);
            }
        }
    }

    /** What logs and spans call a failure. */
    static String kind(Throwable failure) {
        Failure.Kind kind = Failure.of(failure).kind();
        return kind == Failure.Kind.OTHER
                ? failure.getClass().getName()
                : kind.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Contention has rolled everything back; so has a connection that broke, unless during the
     * commit ({@link Failure.Kind#UNKNOWN_OUTCOME}, which is never run again).
     */
    private boolean mayRunAgain(Exception failure, long nanos) {
        return switch (Failure.of(failure).kind()) {
            case CONTENTION -> true;
            case UNREACHABLE -> nanos < AT_ONCE.toNanos() && !lost.getAsBoolean();
            case UNKNOWN_OUTCOME,
                    OVERLOADED,
                    POOL_EXHAUSTED,
                    TIMEOUT,
                    DUPLICATE,
                    IN_USE,
                    UNKNOWN_REFERENCE,
                    INVALID,
                    STALE,
                    OTHER ->
                    false;
        };
    }
}
