package ai.demeter.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OriginsTest {

    @Test
    @DisplayName("CORS_ORIGINS is a list of origins, none by default")
    void list() {
        assertThat(new Settings(Map.of()).corsOrigins()).isEmpty();
        assertThat(
                        new Settings(
                                        Map.of(
                                                "CORS_ORIGINS",
                                                "https://app.example.org, http://localhost:3000,http://[::1]:8080"))
                                .corsOrigins())
                .containsExactlyInAnyOrder(
                        "https://app.example.org", "http://localhost:3000", "http://[::1]:8080");
    }

    // Would break: a list that lets nobody in, or everybody, and nobody notices.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "null",
                "app.example.org",
                "https://*.example.org",
                "https://app.example.org/",
                "https://App.example.org",
                "https://app.example.org:443",
                "http://app.example.org:80",
                "ftp://app.example.org",
                "https://app.example.org https://other.example.org",
                "https://app.example.org,*"
            })
    @DisplayName("what no browser sends as an origin stops the start")
    void refused(String list) {
        assertThatThrownBy(() -> new Settings(Map.of("CORS_ORIGINS", list)))
                .isInstanceOf(InvalidVariable.class)
                .hasMessageStartingWith("CORS_ORIGINS: got ")
                .hasMessageContaining("takes origins");
    }
}
