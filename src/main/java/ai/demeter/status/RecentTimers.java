package ai.demeter.status;

import ai.demeter.status.Quantiles.Bucket;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * What timers have counted within the last minute: they themselves know only what they have counted
 * since the start.
 */
final class RecentTimers {
    /** How often they are read, in seconds. */
    static final int STEP = 5;

    private static final int STEPS = 60 / STEP;

    /** What a timer had counted at some time: in all, and up to each border, in seconds. */
    private record Reading(long count, double[] borders, double[] counts) {}

    private record Readings(long at, Map<Timer, Reading> ofTimers) {}

    /** The oldest first. */
    private final Deque<Readings> past = new ArrayDeque<>();

    private final LongSupplier clock;

    /**
     * Has read nothing yet.
     *
     * @param clock nanoseconds, as {@link System#nanoTime}
     */
    RecentTimers(LongSupplier clock) {
        this.clock = clock;
    }

    /**
     * What some timers have counted.
     *
     * @param count how many
     * @param perSecond how many each second
     * @param p50 seconds that half of them took at most; null if there was none
     */
    record Recent(long count, double perSecond, Double p50, Double p95, Double p99) {}

    /** Reads the timers; to be called every {@link #STEP} seconds. */
    synchronized void read(Collection<Timer> timers) {
        Map<Timer, Reading> readings = new HashMap<>();
        for (Timer timer : timers) {
            readings.put(timer, reading(timer));
        }
        past.addLast(new Readings(clock.getAsLong(), readings));
        if (past.size() > STEPS + 1) {
            past.removeFirst();
        }
    }

    /** What these have counted together within the last minute, or since the start if later. */
    synchronized Recent of(Collection<Timer> timers) {
        Readings oldest = past.isEmpty() ? new Readings(clock.getAsLong(), Map.of()) : past.peek();
        long count = 0;
        double[] borders = {};
        double[] counts = {};
        for (Timer timer : timers) {
            Reading now = reading(timer);
            Reading before = oldest.ofTimers.get(timer);
            count += now.count - (before == null ? 0 : before.count);
            if (borders.length == 0) {
                borders = now.borders;
                counts = new double[borders.length];
            }
            for (int i = 0; i < borders.length; i++) {
                counts[i] += now.counts[i] - (before == null ? 0 : before.counts[i]);
            }
        }
        List<Bucket> buckets = new ArrayList<>();
        for (int i = 0; i < borders.length; i++) {
            buckets.add(new Bucket(borders[i], counts[i]));
        }
        double seconds = Math.max(1, (clock.getAsLong() - oldest.at) / 1e9);
        return new Recent(
                count,
                count / seconds,
                Quantiles.of(0.5, buckets, count),
                Quantiles.of(0.95, buckets, count),
                Quantiles.of(0.99, buckets, count));
    }

    private static Reading reading(Timer timer) {
        HistogramSnapshot snapshot = timer.takeSnapshot();
        CountAtBucket[] buckets = snapshot.histogramCounts();
        double[] borders = new double[buckets.length];
        double[] counts = new double[buckets.length];
        for (int i = 0; i < buckets.length; i++) {
            borders[i] = buckets[i].bucket() / Duration.ofSeconds(1).toNanos();
            counts[i] = buckets[i].count();
        }
        return new Reading(snapshot.count(), borders, counts);
    }
}
