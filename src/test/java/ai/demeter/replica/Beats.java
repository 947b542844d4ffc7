package ai.demeter.replica;

import ai.demeter.run.Until;
import java.time.Duration;

/** A watch that beats in the test, so that it knows what the last beat has seen. */
final class Beats {
    private Beats() {}

    /** Beats, one after the other, until what the replica has may be read by who is content. */
    static void untilFresh(ReplicaWatch watch, Duration mayBeOld) throws Exception {
        Until.holds(
                "fresh",
                () -> {
                    watch.beat();
                    return watch.doubt(mayBeOld, null).isEmpty();
                });
    }
}
