package ai.demeter.replica;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** Where the primary's log ended lately, and when: of one thread. */
final class PrimaryLog {
    private record End(LogPosition position, long asked) {}

    private final Duration kept;
    private final Deque<End> ends = new ArrayDeque<>();

    /** Knows nothing yet, and forgets what is older than that. */
    PrimaryLog(Duration kept) {
        this.kept = kept;
    }

    /**
     * It ends there.
     *
     * @param asked when it was asked; it may have ended earlier then, but not later
     */
    void endsAt(LogPosition position, long asked) {
        if (!ends.isEmpty() && !position.covers(ends.getLast().position)) {
            ends.clear(); // of another primary, whose log ends earlier
        }
        ends.addLast(new End(position, asked));
    }

    /**
     * The last moment whose writes are all replayed by whoever has replayed up to there; empty if
     * none is known.
     */
    Optional<Long> moment(LogPosition replayed, long now) {
        while (!ends.isEmpty() && now - ends.getFirst().asked > kept.toNanos()) {
            ends.removeFirst();
        }
        End reached = null;
        while (!ends.isEmpty() && replayed.covers(ends.getFirst().position)) {
            reached = ends.removeFirst();
        }
        if (reached == null) {
            return Optional.empty();
        }
        ends.addFirst(reached);
        return Optional.of(reached.asked);
    }
}
