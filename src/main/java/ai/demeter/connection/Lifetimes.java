package ai.demeter.connection;

import java.time.Duration;
import java.util.Arrays;

/**
 * When connections are too old to be lent ({@code DB_POOL_RECYCLE}), arranged so that connections
 * opened together are not replaced together.
 *
 * <p>Each connection gets a soft limit between 50 and 90 % of the hard one. The limits of
 * connections opened one after the other are spread evenly rather than at random, by the fractional
 * parts of multiples of the golden ratio, because twenty random ones would bunch up. Past its soft
 * limit a connection is retired only while fewer than an eighth of the pool, and at least one, has
 * been retired within the last second; past the hard limit always.
 */
public final class Lifetimes {
    private static final double GOLDEN_RATIO_FRACTION = 0.6180339887498949;

    private final long hardNanos;
    private final long[] retirements;
    private int nextRetirement;
    private long opened;

    /**
     * @param recycle the age that no lent connection exceeds
     * @param poolSize connections, of which at most an eighth (at least one) is retired early per
     *     second
     */
    public Lifetimes(Duration recycle, int poolSize) {
        hardNanos = recycle.toNanos();
        retirements = new long[Math.max(1, poolSize / 8)];
        Arrays.fill(retirements, Long.MIN_VALUE);
    }

    /** The age in nanoseconds at which the next connection to be opened should be replaced. */
    public synchronized long nextSoftLimit() {
        double spread = (opened++ * GOLDEN_RATIO_FRACTION) % 1;
        return (long) (hardNanos * (0.5 + 0.4 * spread));
    }

    /** Whether a connection of this age is to be retired now; counts it if so. */
    public boolean retire(long ageNanos, long softLimit, long now) {
        if (ageNanos < softLimit) {
            return false;
        }
        synchronized (this) {
            long oldest = retirements[nextRetirement];
            boolean withinRate = oldest == Long.MIN_VALUE || now - oldest >= 1_000_000_000L;
            if (!withinRate && ageNanos < hardNanos) {
                return false;
            }
            retirements[nextRetirement] = now;
            nextRetirement = (nextRetirement + 1) % retirements.length;
            return true;
        }
    }
}
