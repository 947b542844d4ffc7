package ai.demeter.pool;

import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * What is known of the pool's connections without borrowing one.
 *
 * @param openNow connections open, lent or idle
 * @param openingNow those that are being opened
 * @param openedSoFar those opened since the start
 * @param disruptionsSoFar how often one was found dead, or the database regained
 * @param lentNow those that the container has lent, as far as it tells
 */
record PoolState(
        IntSupplier openNow,
        IntSupplier openingNow,
        LongSupplier openedSoFar,
        IntSupplier disruptionsSoFar,
        IntSupplier lentNow) {

    int open() {
        return openNow.getAsInt();
    }

    int opening() {
        return openingNow.getAsInt();
    }

    long opened() {
        return openedSoFar.getAsLong();
    }

    int disruptions() {
        return disruptionsSoFar.getAsInt();
    }

    int lent() {
        return lentNow.getAsInt();
    }
}
