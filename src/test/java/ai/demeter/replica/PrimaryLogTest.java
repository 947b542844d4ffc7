package ai.demeter.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Would break: what is stale is taken for fresh. */
class PrimaryLogTest {
    private static final Timeline FIRST = new Timeline("7713204499958651362", 1);

    private final PrimaryLog log = new PrimaryLog(Duration.ofNanos(100));

    private static LogPosition at(long bytes) {
        return new LogPosition(bytes);
    }

    private void endsAt(LogPosition position, long asked) {
        log.endsAt(FIRST, position, asked);
    }

    @Test
    @DisplayName("the last moment that is replayed counts, and does not come back once passed")
    void moment() {
        endsAt(at(1000), 10);
        endsAt(at(2000), 20);
        endsAt(at(2000), 30);
        endsAt(at(3000), 40);
        assertThat(log.moment(at(500), 41)).isEmpty();
        assertThat(log.moment(at(1500), 41)).isEqualTo(Optional.of(10L));
        assertThat(log.moment(at(2000), 41)).isEqualTo(Optional.of(30L));
        assertThat(log.moment(at(2999), 41)).isEqualTo(Optional.of(30L));
        assertThat(log.moment(at(9000), 41)).isEqualTo(Optional.of(40L));
    }

    @Test
    @DisplayName("what is too old is forgotten")
    void forgotten() {
        endsAt(at(1000), 10);
        assertThat(log.moment(at(1000), 110)).isEqualTo(Optional.of(10L));
        assertThat(log.moment(at(1000), 111)).isEmpty();
    }

    @Test
    @DisplayName("of a primary whose log ends earlier, as after a crash, nothing is known yet")
    void restarted() {
        endsAt(at(5000), 10);
        endsAt(at(2000), 20);
        assertThat(log.moment(at(1500), 21)).isEmpty();
        assertThat(log.moment(at(5000), 21)).isEqualTo(Optional.of(20L));
    }

    @Test
    @DisplayName("of a new primary nothing is known yet, however far its log goes")
    void promoted() {
        assertThat(log.timeline()).isEmpty();
        endsAt(at(5000), 10);
        assertThat(log.timeline()).contains(FIRST);
        Timeline second = new Timeline(FIRST.system(), 2);
        log.endsAt(second, at(6000), 20);
        assertThat(log.timeline()).contains(second);
        assertThat(log.moment(at(5500), 21)).isEmpty();
        assertThat(log.moment(at(6000), 21)).isEqualTo(Optional.of(20L));
    }

    @Test
    @DisplayName("a timeline is compared within its own database cluster alone")
    void timelines() {
        assertThat(FIRST.differenceFrom(new Timeline(FIRST.system(), 1))).isEmpty();
        assertThat(FIRST.differenceFrom(new Timeline("1", 1)))
                .hasValueSatisfying(said -> assertThat(said).contains("no copy"));
        assertThat(FIRST.differenceFrom(new Timeline(FIRST.system(), 2)))
                .hasValueSatisfying(
                        said -> assertThat(said).contains("on timeline 1 and the primary on 2"));
        assertThat(FIRST.isBefore(2)).isTrue();
        assertThat(FIRST.isBefore(1)).isFalse();
        assertThat(FIRST.isBefore(0)).isFalse();
    }
}
