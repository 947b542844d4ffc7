package ai.demeter.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The table of what was measured cold, in Markdown. */
final class ColdTable {
    private ColdTable() {}

    /** The windows of each, with its warm rate beside them where that was measured. */
    static String of(List<Cold> cold, Map<Line, Figures> lines) {
        StringBuilder table = new StringBuilder();
        add(
                table,
                "%n### Cold%n%nFrom readiness on, with %d connections; each line after a start of its own, measured once.%n%n",
                Cold.CONNECTIONS);
        add(table, "| %-8s| %-12s| %7s | %8s ", "what", "by", "ready s", "first ms");
        for (int i = 0; i < Cold.WINDOWS; i++) {
            long from = i * Cold.WINDOW.toSeconds();
            add(table, "| %8s ", from + "–" + (from + Cold.WINDOW.toSeconds()) + " s");
        }
        add(table, "| %8s | %6s | %-40s|%n", "warm", "failed", "of Demeter: x");
        add(table, "|---|---|--:|--:|%s--:|--:|---|%n", "--:|".repeat(Cold.WINDOWS));
        for (Cold one : cold) {
            add(
                    table,
                    "| %-8s| %-12s| %7.1f | %8.0f ",
                    one.what(),
                    one.by(),
                    one.untilReady().toMillis() / 1e3,
                    one.first().p50() / 1e3);
            one.windows().forEach(window -> add(table, "| %8.0f ", window.perSecond()));
            Figures warm = lines.get(new Line(one.what(), one.by(), Cold.CONNECTIONS));
            add(
                    table,
                    "| %8s | %6d | %-40s|%n",
                    warm == null ? Report.NONE : Math.round(warm.perSecond()),
                    one.failed(),
                    ratio(one, cold));
        }
        return table.toString();
    }

    /** The rates of Demeter to those of another, window by window. */
    private static String ratio(Cold one, List<Cold> all) {
        if (one.by().equals(Line.DEMETER)) {
            return "";
        }
        Cold demeter =
                all.stream()
                        .filter(other -> other.what().equals(one.what()))
                        .filter(other -> other.by().equals(Line.DEMETER))
                        .findFirst()
                        .orElseThrow();
        return IntStream.range(0, Cold.WINDOWS)
                .mapToDouble(
                        i ->
                                demeter.windows().get(i).perSecond()
                                        / one.windows().get(i).perSecond())
                .mapToObj(ratio -> String.format(Locale.ROOT, "%.2f", ratio))
                .collect(Collectors.joining(" / "));
    }

    private static void add(StringBuilder table, String format, Object... values) {
        table.append(String.format(Locale.ROOT, format, values));
    }
}
