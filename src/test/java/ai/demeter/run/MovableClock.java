package ai.demeter.run;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Stands still until a test moves it; starts below zero, as {@link System#nanoTime} may. */
public final class MovableClock implements LongSupplier {
    private final AtomicLong now = new AtomicLong(-Duration.ofDays(400).toNanos());

    public void advance(Duration by) {
        now.addAndGet(by.toNanos());
    }

    @Override
    public long getAsLong() {
        return now.get();
    }
}
