package ai.demeter.status;

import java.util.List;

/**
 * Quantiles of durations that are only known by bucket, as Prometheus' {@code histogram_quantile}
 * has them: even distribution within a bucket is assumed.
 */
final class Quantiles {
    private Quantiles() {}

    /** How many durations were at most this long: the buckets of a histogram are cumulative. */
    record Bucket(double seconds, double count) {}

    /**
     * The duration in seconds below which the given part of all lies.
     *
     * @param cumulative by rising border; what is above the highest counts as that long
     * @param total how many there are, those above the highest border included
     * @return null if there are none
     */
    static Double of(double part, List<Bucket> cumulative, double total) {
        if (total <= 0) {
            return null;
        }
        double rank = part * total;
        double border = 0;
        double below = 0;
        for (Bucket bucket : cumulative) {
            if (bucket.count >= rank) {
                double inBucket = bucket.count - below;
                double share = inBucket == 0 ? 1 : (rank - below) / inBucket;
                return border + (bucket.seconds - border) * share;
            }
            border = bucket.seconds;
            below = bucket.count;
        }
        return border;
    }
}
