package ai.demeter.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Otherwise clients would keep what is past, or fetch what they have. */
class IfNoneMatchTest {

    @ParameterizedTest
    @ValueSource(strings = {"*", "\"7\"", "W/\"7\"", "\"6\", W/\"7\"", ",\"7\","})
    @DisplayName("any version, or a list that names the current one, weakly or not")
    void names(String header) {
        assertThat(IfNoneMatch.names(header, 7)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"6\"", "W/\"6\"", "\"77\"", "7", "", ",", "\"7", "garbage \u0000"})
    @DisplayName("another version, or garbage, which is as good as no header")
    void namesNot(String header) {
        assertThat(IfNoneMatch.names(header, 7)).isFalse();
    }

    @Test
    @DisplayName("no header")
    void absent() {
        assertThat(IfNoneMatch.names(null, 7)).isFalse();
    }
}
