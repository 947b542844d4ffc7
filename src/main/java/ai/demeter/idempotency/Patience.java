package ai.demeter.idempotency;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * How long the outcome of a commit is looked for that the database did not confirm: 10 s from then
 * on, and as long from the database's return if it was away meanwhile, but not for ever.
 */
final class Patience {
    static final Duration FOR_AN_ANSWER = Duration.ofSeconds(10);
    static final Duration IN_ALL = Duration.ofSeconds(20);

    private final BooleanSupplier lost;
    private final LongSupplier clock;
    private final long began;
    private long awaySince;

    /**
     * Begins now.
     *
     * @param lost whether the database is lost
     * @param clock nanoseconds, as {@link System#nanoTime}
     */
    Patience(BooleanSupplier lost, LongSupplier clock) {
        this.lost = lost;
        this.clock = clock;
        began = clock.getAsLong();
        awaySince = began;
    }

    /** Whether to try once more. */
    boolean lasts() {
        long now = clock.getAsLong();
        boolean forAnAnswer = now - awaySince < FOR_AN_ANSWER.toNanos();
        if (!lost.getAsBoolean()) {
            return forAnAnswer && now - began < IN_ALL.toNanos();
        }
        boolean waits = now - began < FOR_AN_ANSWER.toNanos();
        awaySince = now;
        return waits;
    }
}
