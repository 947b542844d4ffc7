package ai.demeter.status;

import java.util.ArrayList;
import java.util.List;

/** The samples of the last 15 minutes, in a ring: no memory is taken for one. */
final class Samples {
    /** One a second. */
    static final int MOST = 15 * 60;

    private final Sample[] ring = new Sample[MOST];
    private long next;

    /** Adds the one that {@link #next} numbers. */
    synchronized void add(Sample sample) {
        ring[(int) (next % MOST)] = sample;
        next++;
    }

    /** The number of the sample that is added next: those before it are there, or were. */
    synchronized long next() {
        return next;
    }

    /** Those after the one of that number, oldest first; all if that is no longer known. */
    synchronized List<Sample> after(long number) {
        long from = Math.max(number + 1, next - MOST);
        List<Sample> found = new ArrayList<>();
        for (long i = number >= next ? Math.max(0, next - MOST) : Math.max(0, from);
                i < next;
                i++) {
            found.add(ring[(int) (i % MOST)]);
        }
        return found;
    }

    /** Up to which change of the event log who has seen that sample knows it; 0 if unknown. */
    synchronized long changeOf(long number) {
        boolean known = number >= Math.max(0, next - MOST) && number < next;
        return known ? ring[(int) (number % MOST)].change() : 0;
    }
}
