package ai.demeter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Otherwise two requests would be taken for one, or one for two. */
class IdempotencyKeyTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final Duration KEPT = Duration.ofHours(24);

    private static String read(String... lines) {
        return IdempotencyKey.of(List.of(lines), NOW, KEPT);
    }

    private static void assertRefused(String message, String... lines) {
        assertThatThrownBy(() -> read(lines))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> {
                            assertThat(e.problem().kind()).isEqualTo(Problem.Kind.VALIDATION);
                            assertThat(e.problem().errors())
                                    .singleElement()
                                    .satisfies(
                                            error -> {
                                                assertThat(error.field())
                                                        .isEqualTo("Idempotency-Key");
                                                assertThat(error.message()).contains(message);
                                            });
                        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"8e03978e-40d5-43dd-bc93-6894a57f9324\" | 8e03978e-40d5-43dd-bc93-6894a57f9324",
                "8e03978e-40d5-43dd-bc93-6894a57f9324 | 8e03978e-40d5-43dd-bc93-6894a57f9324",
                "\"a, b; c\" | a, b; c",
                "\"a\\\"b\\\\c\" | a\"b\\c",
                "a/b+c=:d | a/b+c=:d",
                "\"x\" | x",
                "x | x"
            })
    @DisplayName("a quoted key is the same as the bare one, and may hold more")
    void key(String header, String key) {
        assertThat(read(header)).isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\"\"",
                "a b",
                "\"a",
                "a\"",
                "\"a\"b\"",
                "\"a\\b\"",
                "a,b",
                "a;b",
                "\"a\";q=1",
                "\u00e9",
                "a\tb"
            })
    @DisplayName("anything else is none")
    void none(String header) {
        assertRefused("must be one key", header);
    }

    @Test
    @DisplayName("255 characters are the most, in one header line")
    void measure() {
        assertThat(read("k".repeat(255))).hasSize(255);
        assertRefused("must be one key", "k".repeat(256));
        assertRefused("must be one key", "a", "b");
    }

    /** Of a UUIDv7 made so long before now. */
    private static String madeBefore(Duration age) {
        String time = "%012x".formatted(NOW.minus(age).toEpochMilli());
        return time.substring(0, 8) + "-" + time.substring(8) + "-7abc-8def-0123456789ab";
    }

    static List<Duration> young() {
        return List.of(Duration.ZERO, KEPT, Duration.ofHours(-1));
    }

    @ParameterizedTest
    @MethodSource("young")
    @DisplayName("a UUIDv7 may be as old as answers are kept")
    void young(Duration age) {
        assertThat(read(madeBefore(age))).isEqualTo(madeBefore(age));
    }

    // Would break: an old request sent again is carried out again, once its answer was removed.
    @Test
    @DisplayName("an older one has expired, in capitals and quotes too; a UUIDv4 never does")
    void old() {
        String old = madeBefore(KEPT.plusMillis(1));
        assertRefused("has expired", old);
        assertRefused("has expired", "\"" + old.toUpperCase(java.util.Locale.ROOT) + "\"");
        assertThat(read(old.replace("-7abc", "-4abc"))).contains("-4abc");
    }
}
