package ai.demeter.database;

import ai.demeter.replica.LogPosition;
import ai.demeter.replica.ReplicaWatch;
import java.time.Duration;

/**
 * How fresh what is read has to be: an argument of a {@link Read} that may be stale.
 *
 * @param mayBeOld how old it may be; zero: what the primary has now
 * @param position where the log stood after what the client has written and must see; null if there
 *     is nothing
 */
public record Freshness(Duration mayBeOld, LogPosition position) {
    /** How old, in seconds, anything may be that is read. */
    public static final int OLDEST = ReplicaWatch.OLDEST;

    /** What the primary has now. */
    public static final Freshness NOW = new Freshness(Duration.ZERO, null);

    /** The same, no older than that. */
    Freshness atMost(Duration limit) {
        return mayBeOld.compareTo(limit) <= 0 ? this : new Freshness(limit, position);
    }
}
