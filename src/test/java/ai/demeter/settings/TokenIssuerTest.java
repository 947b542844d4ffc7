package ai.demeter.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenIssuerTest {

    @Test
    @DisplayName("without an issuer no tokens are asked for")
    void none() {
        assertThat(new Settings(Map.of()).tokenIssuer()).isEmpty();
    }

    @Test
    @DisplayName("its keys are where it says itself, at a URL or in a file")
    void keys(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("keys.json"), "{}");
        assertThat(issuer("")).isEqualTo(new TokenIssuer("https://i.example", "a", null, null));
        assertThat(issuer("https://i.example/keys").jwks()).isEqualTo("https://i.example/keys");
        assertThat(issuer(file.toString()).file()).isEqualTo(file);
        assertThat(issuer(file.toUri().toString()).file()).isEqualTo(file);
    }

    private static TokenIssuer issuer(String jwks) {
        return new Settings(
                        Map.of(
                                "AUTH_ISSUER",
                                "https://i.example",
                                "AUTH_AUDIENCE",
                                "a",
                                "AUTH_JWKS",
                                jwks))
                .tokenIssuer()
                .orElseThrow();
    }

    // Would break: a service that is thought to be closed and is open, or closed to everybody.
    @ParameterizedTest
    @CsvSource({
        "AUTH_ISSUER, i.example, a, '', false",
        "AUTH_ISSUER, ftp://i.example, a, '', false",
        "AUTH_ISSUER, https://i.example?x, a, '', false",
        "AUTH_AUDIENCE, https://i.example, '', '', false",
        "AUTH_AUDIENCE, '', a, '', false",
        "AUTH_JWKS, '', '', https://i.example/keys, false",
        "AUTH_JWKS, https://i.example, a, /nowhere/keys.json, false",
        "AUTH_JWKS, https://i.example, a, /, false",
        "METRICS_AUTH, '', '', '', true",
    })
    @DisplayName("what cannot be used, or not alone, stops the start and is named")
    void refused(String variable, String issuer, String audience, String jwks, String metrics) {
        Map<String, String> environment = new HashMap<>();
        environment.put("AUTH_ISSUER", issuer);
        environment.put("AUTH_AUDIENCE", audience);
        environment.put("AUTH_JWKS", jwks);
        environment.put("METRICS_AUTH", metrics);
        assertThatThrownBy(() -> new Settings(environment))
                .isInstanceOf(InvalidVariable.class)
                .hasMessageStartingWith(variable + ": ");
    }

    // Would break: whoever is on the way to the keys could make tokens, and nobody would know.
    @ParameterizedTest
    @CsvSource({
        "https://i.example, '', false",
        "http://i.example, '', true",
        "http://i.example, https://i.example/keys, false",
        "https://i.example, http://i.example/keys, true",
        "http://localhost:8180/realms/x, '', false",
        "http://127.0.0.1:8180, '', false",
        "http://[::1]:8180, '', false",
    })
    @DisplayName("keys that are read by http from another host are warned of")
    void exposed(String issuer, String jwks, boolean warned) {
        Settings settings =
                new Settings(
                        Map.of("AUTH_ISSUER", issuer, "AUTH_AUDIENCE", "a", "AUTH_JWKS", jwks));
        assertThat(settings.warnings().stream().anyMatch(line -> line.startsWith("AUTH_ISSUER")))
                .isEqualTo(warned);
    }
}
