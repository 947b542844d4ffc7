package ai.demeter.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Otherwise an hour after the start all connections would be replaced at once. */
class LifetimesTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final Duration RECYCLE = Duration.ofSeconds(20);
    private static final int SIZE = 20;

    private final Lifetimes lifetimes = new Lifetimes(RECYCLE, SIZE);
    private final Deque<Connection> idle = new ArrayDeque<>();
    private final List<Long> retirements = new ArrayList<>();
    private long oldestLent;

    private record Connection(long opened, long softLimit) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 20, 100})
    @DisplayName("under steady borrowing never more than a quarter within any second")
    void steady(long millisBetweenBorrows) {
        openAll(0);
        run(Duration.ofMinutes(5), now -> now + millisBetweenBorrows * 1_000_000, 1);
        assertThat(retirements).hasSizeGreaterThan(SIZE * 10);
        assertThat(mostWithinOneSecond()).isLessThanOrEqualTo(SIZE / 4);
        assertThat(oldestLent).isLessThan(RECYCLE.toNanos());
    }

    @Test
    @DisplayName("nor when the whole pool is borrowed at once, once a second, as Pool does")
    void refreshed() {
        openAll(0);
        run(Duration.ofMinutes(5), now -> now + SECOND, SIZE);
        assertThat(retirements).hasSizeGreaterThan(SIZE * 10);
        assertThat(mostWithinOneSecond()).isLessThanOrEqualTo(SIZE / 4);
        assertThat(oldestLent).isLessThan(RECYCLE.toNanos());
    }

    @Test
    @DisplayName("past the hard limit none is lent, however many that are")
    void hardLimit() {
        openAll(0);
        long now = RECYCLE.toNanos();
        borrow(now, SIZE);
        assertThat(retirements).hasSize(SIZE);
        assertThat(idle).allMatch(connection -> connection.opened == now);
    }

    @Test
    @DisplayName("nothing young is retired, and the last is within nine tenths of the limit")
    void softLimits() {
        List<Long> limits = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            limits.add(lifetimes.nextSoftLimit());
        }
        assertThat(limits)
                .allMatch(limit -> limit >= 10 * SECOND && limit <= 18 * SECOND)
                .doesNotHaveDuplicates();
        assertThat(lifetimes.retire(limits.get(0) - 1, limits.get(0), 0)).isFalse();
        assertThat(lifetimes.retire(limits.get(0), limits.get(0), 0)).isTrue();
    }

    @Test
    @DisplayName("a pool of one connection replaces it too")
    void poolOfOne() {
        Lifetimes one = new Lifetimes(RECYCLE, 1);
        long limit = one.nextSoftLimit();
        assertThat(one.retire(limit, limit, limit)).isTrue();
        assertThat(one.retire(limit, limit, limit + SECOND / 2)).isFalse();
        assertThat(one.retire(limit, limit, limit + SECOND)).isTrue();
    }

    @Test
    @DisplayName("the clock may be negative or wrap, as System.nanoTime may")
    void anyClock() {
        openAll(Long.MAX_VALUE - RECYCLE.toNanos());
        long start = Long.MAX_VALUE - RECYCLE.toNanos();
        for (long elapsed = 0; elapsed < Duration.ofMinutes(1).toNanos(); elapsed += SECOND / 50) {
            borrow(start + elapsed, 1);
        }
        assertThat(retirements).hasSizeGreaterThan(SIZE);
        assertThat(mostWithinOneSecond()).isLessThanOrEqualTo(SIZE / 4);
    }

    private void openAll(long now) {
        for (int i = 0; i < SIZE; i++) {
            idle.add(new Connection(now, lifetimes.nextSoftLimit()));
        }
    }

    private void run(Duration duration, LongUnaryOperator next, int atOnce) {
        for (long now = 0; now < duration.toNanos(); now = next.applyAsLong(now)) {
            borrow(now, atOnce);
        }
    }

    /** Borrows the connections that waited longest and returns them; opens new ones for old. */
    private void borrow(long now, int count) {
        for (int i = 0; i < count; i++) {
            Connection connection = idle.remove();
            long age = now - connection.opened;
            if (lifetimes.retire(age, connection.softLimit, now)) {
                retirements.add(now);
                connection = new Connection(now, lifetimes.nextSoftLimit());
            } else {
                oldestLent = Math.max(oldestLent, age);
            }
            idle.add(connection);
        }
    }

    private int mostWithinOneSecond() {
        int most = 0;
        for (int from = 0, to = 0; to < retirements.size(); to++) {
            while (retirements.get(to) - retirements.get(from) >= SECOND) {
                from++;
            }
            most = Math.max(most, to - from + 1);
        }
        return most;
    }
}
