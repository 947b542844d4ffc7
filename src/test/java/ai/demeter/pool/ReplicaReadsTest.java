package ai.demeter.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.demeter.replica.LogPosition;
import ai.demeter.replica.ReplicaWatch.Doubt;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Would break: a fault of the replica is one of the service, or a read goes where it must not. */
class ReplicaReadsTest {
    private static final Duration STALE = Duration.ofSeconds(5);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicInteger broken = new AtomicInteger();
    private Optional<Doubt> doubt = Optional.empty();
    private final ReplicaReads reads =
            new ReplicaReads((mayBeOld, position) -> doubt, broken::incrementAndGet, 1, registry);

    private String read(Duration mayBeOld, Callable<String> atReplica) throws Exception {
        return reads.call(mayBeOld, null, atReplica, () -> primary());
    }

    private static String primary() {
        assertThat(ReplicaReads.isChosen()).isFalse();
        return "primary";
    }

    private static String replica() {
        assertThat(ReplicaReads.isChosen()).isTrue();
        return "replica";
    }

    private double count(String name, String tag, String value) {
        return registry.get(name).tag(tag, value).counter().count();
    }

    @Test
    @DisplayName("what may be stale is the replica's, and counted so")
    void stale() throws Exception {
        assertThat(read(STALE, ReplicaReadsTest::replica)).isEqualTo("replica");
        assertThat(ReplicaReads.isChosen()).isFalse();
        assertThat(reads.permits().inUse()).isZero();
        assertThat(count("demeter.reads", "node", "replica")).isEqualTo(1);
        assertThat(count("demeter.reads", "node", "primary")).isZero();
    }

    @Test
    @DisplayName("what may not be stale is the primary's, and is no fallback")
    void fresh() throws Exception {
        assertThat(read(Duration.ZERO, ReplicaReadsTest::replica)).isEqualTo("primary");
        assertThat(count("demeter.reads", "node", "primary")).isEqualTo(1);
        assertThat(registry.find("demeter.reads.fallbacks").counters())
                .allMatch(counter -> counter.count() == 0);
    }

    @Test
    @DisplayName("for each doubt the primary serves, and the reason is counted")
    void doubted() throws Exception {
        for (Doubt each : Doubt.values()) {
            doubt = Optional.of(each);
            assertThat(read(STALE, ReplicaReadsTest::replica)).isEqualTo("primary");
            assertThat(
                            count(
                                    "demeter.reads.fallbacks",
                                    "reason",
                                    each.name().toLowerCase(java.util.Locale.ROOT)))
                    .isEqualTo(1);
        }
    }

    @Test
    @DisplayName("a read that breaks there is run again by the primary, and the replica doubted")
    void broken() throws Exception {
        String answer =
                read(
                        STALE,
                        () -> {
                            throw new SQLException("broken", "08006");
                        });
        assertThat(answer).isEqualTo("primary");
        assertThat(broken).hasValue(1);
        assertThat(reads.permits().inUse()).isZero();
        assertThat(ReplicaReads.isChosen()).isFalse();
        assertThat(count("demeter.reads.fallbacks", "reason", "failed")).isEqualTo(1);
        assertThat(count("demeter.reads", "node", "replica")).isZero();
    }

    @Test
    @DisplayName("what the primary throws is thrown")
    void thrown() {
        doubt = Optional.of(Doubt.AWAY);
        assertThatThrownBy(
                        () ->
                                reads.call(
                                        STALE,
                                        new LogPosition(1),
                                        ReplicaReadsTest::replica,
                                        () -> {
                                            throw new SQLException("broken", "08006");
                                        }))
                .hasMessage("broken");
    }

    // Would break: reads wait for the replica while the primary has connections to spare.
    @Test
    @DisplayName("nobody waits for a connection with the replica: the primary serves meanwhile")
    void busy() throws Exception {
        assertThat(reads.permits().tryAcquire()).isTrue();
        assertThat(read(STALE, ReplicaReadsTest::replica)).isEqualTo("primary");
        assertThat(count("demeter.reads.fallbacks", "reason", "busy")).isEqualTo(1);
        reads.permits().release();
        assertThat(read(STALE, ReplicaReadsTest::replica)).isEqualTo("replica");
    }

    // Would break: a unit of work inside a read would write to the replica.
    @Test
    @DisplayName("what has a permit of the primary is the primary's, also inside such a read")
    void inside() throws Exception {
        Bulkhead primary = new Bulkhead(1, 0, STALE, () -> false, System::nanoTime);
        String answer =
                read(
                        STALE,
                        () ->
                                primary.call(
                                        () ->
                                                ReplicaReads.isChosen()
                                                        + " "
                                                        + read(STALE, ReplicaReadsTest::replica)));
        assertThat(answer).isEqualTo("false primary");
    }
}
