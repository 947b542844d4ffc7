package ai.demeter.events;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Statements that took long, grouped by their text: the hundred that were slow last. */
public final class SlowStatements {
    /** How many texts are remembered. */
    public static final int MOST = 100;

    /** In the order in which they were slow last, so that the one to forget comes first. */
    private final Map<String, Entry> byText = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * The executions of one text that took long.
     *
     * @param text as it was prepared, without values
     * @param count how many
     * @param total how long all of them took
     * @param worst how long the longest took
     * @param last when the last one ended
     */
    public record Entry(String text, long count, Duration total, Duration worst, Instant last) {
        private Entry plus(Entry other) {
            return new Entry(
                    text,
                    count + other.count,
                    total.plus(other.total),
                    worst.compareTo(other.worst) >= 0 ? worst : other.worst,
                    other.last);
        }
    }

    SlowStatements() {}

    synchronized void add(String text, Duration took, Instant now) {
        byText.merge(text, new Entry(text, 1, took, took, now), Entry::plus);
        if (byText.size() > MOST) {
            byText.remove(byText.keySet().iterator().next());
        }
    }

    /** All that are remembered, those that took most time in total first. */
    public synchronized List<Entry> worstFirst() {
        return byText.values().stream()
                .sorted(Comparator.comparing(Entry::total).reversed())
                .toList();
    }
}
