package ai.demeter.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Measures lines in turn, round after round, so that a busy moment does not fall on one alone. */
final class Rounds {
    static final int COUNT = 3;

    /** Measures one line once. */
    @FunctionalInterface
    interface Round {
        Figures measure(Line line) throws Exception;
    }

    private Rounds() {}

    /**
     * With what the server uses of the cores for each.
     *
     * @param servers the server that a line is measured on
     */
    static Map<Line, Figures> of(
            List<Line> lines, Function<Line, ProcessHandle> servers, Round round) throws Exception {
        return of(
                lines,
                line -> {
                    ProcessHandle server = servers.apply(line);
                    long started = System.nanoTime();
                    Duration before = Consumption.cpu(server);
                    Figures figures = round.measure(line);
                    Duration used = Consumption.cpu(server).minus(before);
                    double seconds = (System.nanoTime() - started) / 1e9;
                    return figures.withCpu(used, figures.perSecond() * seconds);
                });
    }

    static Map<Line, Figures> of(List<Line> lines, Round round) throws Exception {
        Map<Line, List<Figures>> measured = new LinkedHashMap<>();
        for (int i = 0; i < COUNT; i++) {
            for (Line line : lines) {
                measured.computeIfAbsent(line, key -> new ArrayList<>()).add(round.measure(line));
            }
        }
        Map<Line, Figures> medians = new LinkedHashMap<>();
        measured.forEach((line, rounds) -> medians.put(line, Figures.median(rounds)));
        return medians;
    }
}
