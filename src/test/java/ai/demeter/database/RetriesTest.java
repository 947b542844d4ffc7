package ai.demeter.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.demeter.pool.AcquisitionException;
import ai.demeter.run.MovableClock;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Otherwise something is stored twice, or a request fails that would succeed a moment later. */
@Timeout(120) // seconds: what never ends is red, too
class RetriesTest {
    private final MovableClock clock = new MovableClock();
    private final AtomicBoolean inTransaction = new AtomicBoolean();
    private final AtomicBoolean lost = new AtomicBoolean();
    private final AtomicInteger runs = new AtomicInteger();
    private final Retries retries = new Retries(inTransaction::get, lost::get, clock);

    private Callable<String> failing(int times, Exception failure) {
        return () -> {
            if (runs.incrementAndGet() <= times) {
                throw failure;
            }
            return "done";
        };
    }

    private static Exception withState(String state) {
        return new RuntimeException(new SQLException("on purpose", state));
    }

    // Would break: 503 for a deadlock, or for a connection that was killed while it was idle.
    @ParameterizedTest
    @ValueSource(strings = {"40001", "40P01", "08006", "57P01"})
    @DisplayName("contention, and a connection that broke before the commit: run again")
    void again(String state) throws Exception {
        assertThat(retries.run(failing(2, withState(state)))).isEqualTo("done");
        assertThat(runs).hasValue(3);
    }

    // Would break: a request under lasting contention never ends.
    @ParameterizedTest
    @ValueSource(strings = {"40001", "08006"})
    @DisplayName("three times in all, and then what the last run threw")
    void atMostThreeTimes(String state) {
        Exception failure = withState(state);
        assertThat(catchThrowable(() -> retries.run(failing(9, failure)))).isSameAs(failure);
        assertThat(runs).hasValue(3);
    }

    // Would break: what is stored already is stored once more.
    @ParameterizedTest
    @ValueSource(strings = {"08007", "23505", "23514", "22001", "57014", "55P03", "25P04", "42601"})
    @DisplayName("an unknown outcome, and whatever would fail again: once")
    void once(String state) {
        Exception failure = withState(state);
        assertThat(catchThrowable(() -> retries.run(failing(9, failure)))).isSameAs(failure);
        assertThat(runs).hasValue(1);
    }

    // Would break: a commit that broke off is repeated, because what broke it is a lost connection.
    @Test
    @DisplayName("an unknown outcome wins over the broken connection that it wraps")
    void unknownOutcomeWins() {
        Exception failure =
                new RuntimeException(
                        new SQLException("unknown", "08007", new SQLException("broken", "08006")));
        assertThatThrownBy(() -> retries.run(failing(9, failure))).isSameAs(failure);
        assertThat(runs).hasValue(1);
    }

    // Would break: who queued for DB_POOL_TIMEOUT queues twice more.
    @ParameterizedTest
    @EnumSource(names = {"TIMED_OUT", "QUEUE_FULL"})
    @DisplayName("no permit: once")
    void refused(AcquisitionException.Reason reason) {
        Exception failure = new AcquisitionException(reason);
        assertThatThrownBy(() -> retries.run(failing(9, failure))).isSameAs(failure);
        assertThat(runs).hasValue(1);
    }

    // Would break: half of the caller's transaction, the half already rolled back, goes missing.
    @Test
    @DisplayName("inside a transaction: once, as only the whole of it may be run again")
    void insideATransaction() {
        inTransaction.set(true);
        Exception failure = withState("40001");
        assertThatThrownBy(() -> retries.run(failing(9, failure))).isSameAs(failure);
        assertThat(runs).hasValue(1);
    }

    // Would break: waiting for a database that is away adds up, beyond 2 s.
    @Test
    @DisplayName("a connection that broke: not while the database is lost")
    void lost() {
        lost.set(true);
        assertThatThrownBy(() -> retries.run(failing(9, withState("08006"))))
                .isInstanceOf(RuntimeException.class);
        assertThat(runs).hasValue(1);
    }

    // Would break: as above, for a database that is silent.
    @Test
    @DisplayName("a connection that broke: not if that took a second")
    void slow() {
        Callable<String> work =
                () -> {
                    runs.incrementAndGet();
                    clock.advance(Duration.ofSeconds(1));
                    throw withState("08006");
                };
        assertThatThrownBy(() -> retries.run(work)).isInstanceOf(RuntimeException.class);
        assertThat(runs).hasValue(1);
    }

    // Would break: a failure of the application is hidden by what its second run does.
    @Test
    @DisplayName("a fault of the application: once; an error as well")
    void faults() {
        assertThatThrownBy(() -> retries.run(failing(9, new IllegalStateException())))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(
                        () ->
                                retries.run(
                                        () -> {
                                            runs.incrementAndGet();
                                            throw new StackOverflowError();
                                        }))
                .isInstanceOf(StackOverflowError.class);
        assertThat(runs).hasValue(2);
    }

    // Would break: a stopping server waits for work that is tried again and again.
    @Test
    @DisplayName("an interrupted thread does not run it again")
    void interrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> retries.run(failing(9, withState("40001"))))
                .isInstanceOf(InterruptedException.class);
        assertThat(runs).hasValue(1);
    }
}
