package ai.demeter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.demeter.database.Freshness;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StaleTest {

    @Test
    @DisplayName("a list is as fresh as it can be unless the request says otherwise")
    void absent() {
        assertThat(Stale.of(null, null)).isEqualTo(Freshness.NOW);
        assertThat(Stale.of("", null)).isEqualTo(Freshness.NOW);
        assertThat(Stale.of("0", null)).isEqualTo(Freshness.NOW);
    }

    @Test
    @DisplayName("whole seconds up to 300, and a position")
    void given() {
        assertThat(Stale.of("5", null).mayBeOld()).isEqualTo(Duration.ofSeconds(5));
        assertThat(Stale.of("300", null).mayBeOld()).isEqualTo(Duration.ofMinutes(5));
        assertThat(Stale.of("5", "0/16B3748").position()).hasToString("0/16B3748");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5", "301", "1000", "five", " 5", "5s", "٥"})
    @DisplayName("anything else is refused by name")
    void refusedSeconds(String stale) {
        assertThatThrownBy(() -> Stale.of(stale, null)).hasMessageContaining("stale");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "0/G", "0/123456789", "0/1, 0/2"})
    @DisplayName("so is a position that is none, by the name of its header")
    void refusedPosition(String position) {
        assertThatThrownBy(() -> Stale.of("5", position)).hasMessageContaining("Demeter-Position");
    }

    @Test
    @DisplayName("both at fault are both named")
    void both() {
        assertThatThrownBy(() -> Stale.of("x", "y"))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e ->
                                assertThat(e.problem().errors())
                                        .extracting(Problem.FieldError::field)
                                        .containsExactly("stale", "Demeter-Position"));
    }
}
