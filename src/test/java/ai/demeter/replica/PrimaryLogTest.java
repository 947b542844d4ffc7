package ai.demeter.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Would break: what is stale is taken for fresh. */
class PrimaryLogTest {
    private final PrimaryLog log = new PrimaryLog(Duration.ofNanos(100));

    private static LogPosition at(long bytes) {
        return new LogPosition(bytes);
    }

    @Test
    @DisplayName("the last moment that is replayed counts, and does not come back once passed")
    void moment() {
        log.endsAt(at(1000), 10);
        log.endsAt(at(2000), 20);
        log.endsAt(at(2000), 30);
        log.endsAt(at(3000), 40);
        assertThat(log.moment(at(500), 41)).isEmpty();
        assertThat(log.moment(at(1500), 41)).isEqualTo(Optional.of(10L));
        assertThat(log.moment(at(2000), 41)).isEqualTo(Optional.of(30L));
        assertThat(log.moment(at(2999), 41)).isEqualTo(Optional.of(30L));
        assertThat(log.moment(at(9000), 41)).isEqualTo(Optional.of(40L));
    }

    @Test
    @DisplayName("what is too old is forgotten")
    void forgotten() {
        log.endsAt(at(1000), 10);
        assertThat(log.moment(at(1000), 110)).isEqualTo(Optional.of(10L));
        assertThat(log.moment(at(1000), 111)).isEmpty();
    }

    @Test
    @DisplayName("a primary whose log ends earlier is another one, of which nothing is known yet")
    void another() {
        log.endsAt(at(5000), 10);
        log.endsAt(at(2000), 20);
        assertThat(log.moment(at(1500), 21)).isEmpty();
        assertThat(log.moment(at(5000), 21)).isEqualTo(Optional.of(20L));
    }
}
