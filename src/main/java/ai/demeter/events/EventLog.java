package ai.demeter.events;

import ai.demeter.events.Event.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The last 200 events of this process.
 *
 * <p>The same thing that happens to many requests at once is one event that counts them, or a burst
 * would push out what caused it.
 */
public final class EventLog {
    /** How many are remembered. */
    public static final int MOST = 200;

    private static final Duration TOGETHER = Duration.ofSeconds(1);

    /** Ends the name of a thread that is at work on a request; {@code http.RequestId} writes it. */
    private static final String REQUEST_MARK = " request ";

    private static final EventLog CURRENT = new EventLog(Clock.systemUTC());

    private final Clock clock;
    private final Deque<Event> events = new ArrayDeque<>();
    private final SlowStatements slowStatements = new SlowStatements();
    private long changes;

    EventLog(Clock clock) {
        this.clock = clock;
    }

    /** The one of this process. */
    public static EventLog current() {
        return CURRENT;
    }

    /** Records what happened just now, on this thread's request if it is at work on one. */
    public void record(Kind kind, String text) {
        record(kind, text, null);
    }

    /**
     * Records what happened just now.
     *
     * @param text a line for a person, without values and secrets
     * @param took how long it took; may be null
     */
    public synchronized void record(Kind kind, String text, Duration took) {
        Instant now = clock.instant();
        String requestId = requestOf(Thread.currentThread().getName());
        FlightEvents.happened(kind, text, took, requestId);
        changes++;
        Event newest = events.peekLast();
        if (newest != null
                && newest.kind() == kind
                && newest.text().equals(text)
                && now.isBefore(newest.at().plus(TOGETHER))) {
            events.removeLast();
            events.addLast(newest.again(changes, took, requestId));
            return;
        }
        if (events.size() == MOST) {
            events.removeFirst();
        }
        events.addLast(new Event(changes, changes, now, kind, text, took, requestId, 1));
    }

    /**
     * Records a statement that took long, among the events and by its text.
     *
     * @param sql its text as it was prepared, without values
     */
    public void recordSlowStatement(String sql, Duration took, boolean failed) {
        slowStatements.add(sql, took, clock.instant());
        record(Kind.SLOW_STATEMENT, failed ? "failed: " + sql : sql, took);
    }

    /** Those that happened or were counted up after that change, oldest first. */
    public synchronized List<Event> since(long change) {
        return events.stream().filter(event -> event.changed() > change).toList();
    }

    /** How many changes there were so far. */
    public synchronized long changes() {
        return changes;
    }

    /** Statements that took long, by their text. */
    public SlowStatements slowStatements() {
        return slowStatements;
    }

    /** The id of the request that a thread of this name is at work on; null if on none. */
    static String requestOf(String thread) {
        int mark = thread.lastIndexOf(REQUEST_MARK);
        return mark < 0 ? null : thread.substring(mark + REQUEST_MARK.length());
    }
}
