package ai.demeter.run;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for a condition, and says how long it took. */
public final class Until {
    private static final Duration GIVE_UP = Duration.ofSeconds(90);

    private Until() {}

    /** Fails if it does not hold within a minute and a half, however busy the machine. */
    public static Duration holds(String what, Callable<Boolean> condition) throws Exception {
        return holds(what, GIVE_UP, condition);
    }

    /** Fails if it does not hold within the time given, for what needs more than other things. */
    public static Duration holds(String what, Duration giveUp, Callable<Boolean> condition)
            throws Exception {
        long started = System.nanoTime();
        while (!condition.call()) {
            if (System.nanoTime() - started > giveUp.toNanos()) {
                throw new AssertionError("not within " + giveUp + ": " + what);
            }
            Thread.sleep(20);
        }
        return Duration.ofNanos(System.nanoTime() - started);
    }
}
