package ai.demeter.replica;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would break: a client is shown less than it wrote, or waits for what cannot come. */
class LogPositionTest {

    private static LogPosition position(String text) {
        return LogPosition.parse(text).orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0/0", "0/16B3748", "16/B374D848", "FFFFFFFF/FFFFFFFF"})
    @DisplayName("is read and written as PostgreSQL writes it")
    void text(String text) {
        assertThat(position(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/", "1", "0/", "/1", "0/16B37480A", "0/G", "0x1/2", "-1/0", "0/1 "})
    @DisplayName("anything else is no position")
    void malformed(String text) {
        assertThat(LogPosition.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0/1000001, 0/1000000, true",
        "0/1000000, 0/1000000, true",
        "0/FFFFF8, 0/1000000, false",
        "1/0, 0/FFFFFFFF, true",
        "0/FFFFFFFF, 1/0, false",
        "FFFFFFFF/0, 0/1, true"
    })
    @DisplayName("covers what is not after it")
    void covers(String replayed, String written, boolean covered) {
        assertThat(position(replayed).covers(position(written))).isEqualTo(covered);
    }

    @Test
    @DisplayName("where a page begins, what comes next is written after its header")
    void header() {
        assertThat(position("0/2000000").covers(position("0/2000028"))).isTrue();
        assertThat(position("0/2002000").covers(position("0/2002018"))).isTrue();
        assertThat(position("0/2002000").covers(position("0/2002030"))).isFalse();
    }
}
