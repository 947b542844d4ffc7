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
    private Timeline timeline;

    /** Knows nothing yet, and forgets what is older than that. */
    PrimaryLog(Duration kept) {
        this.kept = kept;
    }

    /**
     * It ends there.
     *
     * @param asked when it was asked; it may have ended earlier then, but not later
     */
    void endsAt(Timeline of, LogPosition position, long asked) {
        boolean another = !of.equals(timeline); // what the former wrote last may not be in it
        boolean restarted = !ends.isEmpty() && !position.covers(ends.getLast().position);
        if (another || restarted) {
            ends.clear();
            timeline = of;
        }
        ends.addLast(new End(position, asked));
    }

    /** Which log that is; empty if nothing is known yet. */
    Optional<Timeline> timeline() {
        return Optional.ofNullable(timeline);
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
