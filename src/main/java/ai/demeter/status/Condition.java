package ai.demeter.status;

import ai.demeter.schema.Schema;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How the service is, in a word and in a sentence.
 *
 * @param state the word
 * @param sentence for a person, with the figures that matter for it
 */
record Condition(State state, String sentence) {

    /** How bad it is; the page has a colour for each. */
    enum Level {
        OK,
        WARN,
        BAD
    }

    /** The first that holds is told; each has a row in {@code docs/operations.md}. */
    enum State {
        STOPPING(Level.BAD),
        UNREACHABLE(Level.BAD),
        INVALID(Level.BAD),
        MIGRATING(Level.WARN),
        REFUSING(Level.WARN),
        SATURATED(Level.WARN),
        SERVING(Level.OK);

        private final Level level;

        State(Level level) {
            this.level = level;
        }

        Level level() {
            return level;
        }

        String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What decides.
     *
     * @param sinceAnswer time since the last question that the database has answered; empty if it
     *     never has
     */
    record Facts(
            boolean stopping,
            boolean lost,
            boolean refusing,
            Schema.State schema,
            int busy,
            int maximum,
            int waiting,
            Optional<Duration> sinceAnswer) {}

    static Condition of(Facts facts) {
        State state = state(facts);
        return new Condition(
                state,
                switch (state) {
                    case STOPPING ->
                            "Stopping. Requests in flight are finished, new ones are refused.";
                    case UNREACHABLE ->
                            "Database lost. It was "
                                    + facts.sinceAnswer
                                            .map(span -> "last reached " + ago(span))
                                            .orElse("not reached since the start")
                                    + "; requests are answered 503 until it is back, which needs no"
                                    + " restart of this server.";
                    case INVALID ->
                            "Not serving. A migration or the mapping is wrong; the log has the"
                                    + " reason.";
                    case MIGRATING -> "Not serving yet. The schema is being brought up to date.";
                    case REFUSING ->
                            "Serving, but the database lets no new connection in. "
                                    + pool(facts)
                                    + ".";
                    case SATURATED ->
                            "Serving, but short of connections. " + pool(facts) + reached(facts);
                    case SERVING -> "Serving. " + pool(facts) + reached(facts);
                });
    }

    private static State state(Facts facts) {
        if (facts.stopping) {
            return State.STOPPING;
        }
        if (facts.lost) {
            return State.UNREACHABLE;
        }
        return switch (facts.schema) {
            case INVALID -> State.INVALID;
            case MIGRATING -> State.MIGRATING;
            case CURRENT ->
                    facts.refusing
                            ? State.REFUSING
                            : facts.waiting > 0 || facts.busy >= facts.maximum
                                    ? State.SATURATED
                                    : State.SERVING;
        };
    }

    private static String pool(Facts facts) {
        return facts.busy
                + " of "
                + facts.maximum
                + " connections busy, "
                + (facts.waiting == 0 ? "none" : facts.waiting)
                + " waiting";
    }

    private static String reached(Facts facts) {
        return facts.sinceAnswer.map(span -> "; database reached " + ago(span)).orElse("") + ".";
    }

    private static String ago(Duration span) {
        double seconds = span.toMillis() / 1000.0;
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.1f s ago", seconds);
        }
        long minutes = span.toMinutes();
        return minutes < 60
                ? minutes + " min ago"
                : minutes < 48 * 60 ? span.toHours() + " h ago" : span.toDays() + " days ago";
    }
}
