package ai.demeter.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Otherwise the chart would have holes, doubles, or somebody else's seconds. */
class SamplesTest {
    private final Samples samples = new Samples();

    @Test
    @DisplayName("who has seen one gets those after it, who has seen none gets all")
    void after() {
        add(5);
        assertThat(numbers(-1)).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(numbers(2)).containsExactly(3L, 4L);
        assertThat(numbers(4)).isEmpty();
    }

    @Test
    @DisplayName("who has seen one that does not exist, as before a restart, gets all")
    void ofAnotherProcess() {
        add(3);
        assertThat(numbers(3)).containsExactly(0L, 1L, 2L);
        assertThat(numbers(77_000)).containsExactly(0L, 1L, 2L);
    }

    @Test
    @DisplayName("after 15 minutes the oldest are gone")
    void bounded() {
        add(Samples.MOST + 10);
        assertThat(numbers(-1)).hasSize(Samples.MOST).startsWith(10L).endsWith(909L);
        assertThat(numbers(3)).hasSize(Samples.MOST).startsWith(10L);
        assertThat(numbers(908)).containsExactly(909L);
    }

    @Test
    @DisplayName("a sample knows what was in the event log; one that is gone knows nothing")
    void changes() {
        add(Samples.MOST + 10);
        assertThat(samples.changeOf(-1)).isZero();
        assertThat(samples.changeOf(9)).isZero();
        assertThat(samples.changeOf(10)).isEqualTo(1010);
        assertThat(samples.changeOf(909)).isEqualTo(1909);
        assertThat(samples.changeOf(910)).isZero();
    }

    private void add(int count) {
        for (int i = 0; i < count; i++) {
            long number = samples.next();
            samples.add(new Sample(number, number, 0, 0, 0, true, 1000 + number));
        }
    }

    private List<Long> numbers(long after) {
        return samples.after(after).stream().map(Sample::number).toList();
    }
}
