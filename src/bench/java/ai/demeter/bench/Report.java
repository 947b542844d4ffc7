package ai.demeter.bench;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The tables, in Markdown. */
final class Report {
    static final String NONE = "–";

    private Report() {}

    /**
     * What was measured of one server.
     *
     * @param states of those that were warm, by their names
     */
    record Server(
            String name, Map<String, State> states, Map<Line, Figures> lines, List<Cold> cold) {}

    /**
     * What it takes to run one.
     *
     * @param untilReady from its start to its readiness
     * @param mebibytes resident in memory after the load; 0 if that is not known
     */
    record State(Duration untilReady, long mebibytes) {}

    static String of(Server server) {
        StringBuilder table = new StringBuilder();
        add(table, "%n## %s%n%n", server.name);
        server.states.forEach(
                (by, state) ->
                        add(
                                table,
                                "- %s: ready %.1f s after its start; %s MiB resident after the load.%n",
                                by,
                                state.untilReady.toMillis() / 1e3,
                                state.mebibytes == 0 ? NONE : state.mebibytes));
        if (!server.lines.isEmpty()) {
            lines(table, server.lines);
        }
        if (!server.cold.isEmpty()) {
            table.append(ColdTable.of(server.cold, server.lines));
        }
        return table.toString();
    }

    private static void lines(StringBuilder table, Map<Line, Figures> lines) {
        add(
                table,
                "%n| %-24s| %-12s| %7s | %10s | %5s | %10s | %10s | %8s | %6s | %-24s|%n",
                "what",
                "by",
                "at once",
                "per second",
                "±",
                "p50 µs",
                "p99 µs",
                "CPU µs",
                "failed",
                "ratio");
        add(table, "|---|---|--:|--:|--:|--:|--:|--:|--:|---|%n");
        lines.forEach(
                (line, figures) ->
                        add(
                                table,
                                "| %-24s| %-12s| %7d | %10.0f | %3.0f %% | %10.1f | %10.1f | %8s | %6d | %-24s|%n",
                                line.what(),
                                line.by(),
                                line.atOnce(),
                                figures.perSecond(),
                                figures.noise() * 100,
                                figures.p50(),
                                figures.p99(),
                                cpu(figures),
                                figures.failed(),
                                ratio(line, lines)));
    }

    private static String cpu(Figures figures) {
        return figures.cpu() == 0 ? NONE : String.format(Locale.ROOT, "%.1f", figures.cpu());
    }

    /** Both servers side by side. */
    static String ratios(List<Server> servers) {
        if (servers.size() < 2) {
            return "";
        }
        Server first = servers.get(0);
        Server second = servers.get(1);
        StringBuilder table = new StringBuilder();
        add(
                table,
                "%n## %s to %s%n%n| %-24s| %7s | %10s | %10s | %10s |%n|---|--:|--:|--:|--:|%n",
                first.name,
                second.name,
                "what",
                "at once",
                "per second",
                "p99",
                "CPU");
        first.lines.forEach(
                (line, figures) -> {
                    Figures other = second.lines.get(line);
                    if (other != null && line.by().equals(Line.DEMETER)) {
                        add(
                                table,
                                "| %-24s| %7d | %10.2f | %10.2f | %10.2f |%n",
                                line.what(),
                                line.atOnce(),
                                figures.perSecond() / other.perSecond(),
                                figures.p99() / other.p99(),
                                figures.cpu() / other.cpu());
                    }
                });
        return table.toString();
    }

    /**
     * What Demeter takes to what another pool does, its rate to that of who is beside it, or to
     * that of SQL alone.
     */
    private static String ratio(Line line, Map<Line, Figures> lines) {
        Figures demeter = lines.get(line.by(Line.DEMETER));
        if (line.by().equals(Line.HIKARI) || line.by().equals(Line.AGROAL)) {
            return String.format(
                    Locale.ROOT, "p50 of Demeter: x %.2f", demeter.p50() / lines.get(line).p50());
        }
        if (demeter != null && !line.by().equals(Line.DEMETER)) {
            return String.format(
                    Locale.ROOT,
                    "of Demeter: rate x %.2f, CPU x %.2f",
                    demeter.perSecond() / lines.get(line).perSecond(),
                    demeter.cpu() / lines.get(line).cpu());
        }
        if (line.what().equals(Requests.POST_WITH_KEY)) {
            double without =
                    lines.get(new Line(Requests.POST, line.by(), line.atOnce())).perSecond();
            return String.format(
                    Locale.ROOT, "rate without: x %.2f", lines.get(line).perSecond() / without);
        }
        Optional<Line> limit =
                switch (line.what()) {
                    case Requests.GET, Work.FIND -> limit(PgBench.FIND, line.atOnce());
                    case Requests.POST, Work.INSERT -> limit(PgBench.INSERT, line.atOnce());
                    default -> Optional.empty();
                };
        return limit.map(lines::get)
                .map(figures -> lines.get(line).perSecond() / figures.perSecond())
                .map(ratio -> String.format(Locale.ROOT, "rate of pgbench: x %.2f", ratio))
                .orElse("");
    }

    private static Optional<Line> limit(String what, int atOnce) {
        return Optional.of(new Line(what, Line.PGBENCH, Math.min(atOnce, 32)));
    }

    private static void add(StringBuilder table, String format, Object... values) {
        table.append(String.format(Locale.ROOT, format, values));
    }
}
