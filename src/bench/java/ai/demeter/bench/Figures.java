package ai.demeter.bench;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/**
 * What was measured of one line.
 *
 * @param perSecond how many in a second
 * @param p50 what half of them took at most, in microseconds
 * @param p99 what 99 of 100 took at most, in microseconds
 * @param failed how many failed; they count in the others like any
 * @param cpu time of the cores that the server used for each, in microseconds; 0 if not measured.
 *     Other work on the machine disturbs it least
 * @param noise how far the rounds' rates lie from their middle, as a part of it
 */
record Figures(double perSecond, double p50, double p99, long failed, double cpu, double noise) {

    /** Of one round. */
    static Figures of(Histogram nanos, long failed, double seconds) {
        return new Figures(
                nanos.getTotalCount() / seconds,
                nanos.getValueAtPercentile(50) / 1e3,
                nanos.getValueAtPercentile(99) / 1e3,
                failed,
                0,
                0);
    }

    /** The median of each figure, so that one disturbed round does not count. */
    static Figures median(List<Figures> rounds) {
        double rate = median(rounds, Figures::perSecond);
        double most = rounds.stream().mapToDouble(Figures::perSecond).max().orElseThrow();
        double least = rounds.stream().mapToDouble(Figures::perSecond).min().orElseThrow();
        return new Figures(
                rate,
                median(rounds, Figures::p50),
                median(rounds, Figures::p99),
                rounds.stream().mapToLong(Figures::failed).sum(),
                median(rounds, Figures::cpu),
                (most - least) / 2 / rate);
    }

    private static double median(List<Figures> rounds, ToDoubleFunction<Figures> figure) {
        return figure.applyAsDouble(
                rounds.stream()
                        .sorted(Comparator.comparingDouble(figure))
                        .toList()
                        .get(rounds.size() / 2));
    }

    /** For what does many at once. */
    Figures times(int each) {
        return new Figures(perSecond * each, p50, p99, failed, cpu / each, noise);
    }

    /** With the time of the cores that was used for {@code count} of them. */
    Figures withCpu(Duration used, double count) {
        return new Figures(perSecond, p50, p99, failed, used.toNanos() / 1e3 / count, noise);
    }

    /** The figures of a round as one line of text. */
    String toText() {
        return perSecond + " " + p50 + " " + p99 + " " + failed;
    }

    static Figures parse(String text) {
        String[] words = text.strip().split(" ");
        return new Figures(
                Double.parseDouble(words[0]),
                Double.parseDouble(words[1]),
                Double.parseDouble(words[2]),
                Long.parseLong(words[3]),
                0,
                0);
    }
}
