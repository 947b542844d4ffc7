package ai.demeter.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Otherwise a client hears that the outcome is unknown too early, or nothing at all. */
class PatienceTest {
    private long now = Long.MAX_VALUE - 5; // System.nanoTime may overflow
    private boolean lost;
    private final Patience patience = new Patience(() -> lost, () -> now);

    private boolean lastsAfter(double seconds) {
        now += (long) (seconds * 1e9);
        return patience.lasts();
    }

    @Test
    @DisplayName("10 s while the database can be reached")
    void reachable() {
        assertThat(lastsAfter(0)).isTrue();
        assertThat(lastsAfter(9.999)).isTrue();
        assertThat(lastsAfter(0.001)).isFalse();
    }

    @Test
    @DisplayName("10 s for a database that is away to return")
    void away() {
        lost = true;
        assertThat(lastsAfter(9.999)).isTrue();
        assertThat(lastsAfter(0.001)).isFalse();
    }

    // Would break: outcome-unknown although the database came back within 10 s.
    @Test
    @DisplayName("10 s more from its return, when it was last seen away")
    void returned() {
        lost = true;
        assertThat(lastsAfter(9)).isTrue();
        lost = false;
        assertThat(lastsAfter(9.999)).isTrue();
        assertThat(lastsAfter(0.001)).isFalse();
    }

    @Test
    @DisplayName("20 s in all, however often it comes and goes")
    void inAll() {
        for (int i = 0; i < 9; i++) {
            lost = true;
            assertThat(lastsAfter(1)).isTrue();
            lost = false;
            assertThat(lastsAfter(0)).isTrue();
        }
        assertThat(lastsAfter(9.999)).isTrue();
        assertThat(lastsAfter(1.001)).isFalse();
        assertThat(Duration.ofSeconds(20)).isEqualTo(Patience.IN_ALL);
    }
}
