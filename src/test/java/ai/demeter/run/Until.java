package ai.demeter.run;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for a condition, and says how long it took. */
public final class Until {
    private static final Duration GIVE_UP = Duration.ofSeconds(90);

    private Until() {}

    /** Fails if it does not hold within a minute and a half, however busy the machine. */
    public static Duration holds(String what, Callable<Boolean> condition) throws Exception {
        long started = System.nanoTime();
        while (!condition.call()) {
            if (System.nanoTime() - started > GIVE_UP.toNanos()) {
                throw new AssertionError("not within " + GIVE_UP + ": " + what);
            }
            Thread.sleep(20);
        }
        return Duration.ofNanos(System.nanoTime() - started);
    }
}
