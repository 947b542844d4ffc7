package ai.demeter.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Otherwise a start would go on with a number that nobody meant. */
class VariableTest {

    static Stream<Arguments> numbers() {
        return Stream.of(
                Arguments.of(Variable.DB_POOL_SIZE, 1, 1000),
                Arguments.of(Variable.DB_MAX_OVERFLOW, 0, 1000),
                Arguments.of(Variable.DB_POOL_TIMEOUT, 1, 3600),
                Arguments.of(Variable.DB_POOL_RECYCLE, 1, 604_800),
                Arguments.of(Variable.DB_CONNECT_TIMEOUT, 1, 300),
                Arguments.of(Variable.DB_VALIDATION_TIMEOUT, 1, 300),
                Arguments.of(Variable.DB_STATEMENT_TIMEOUT, 1, 86_400),
                Arguments.of(Variable.DB_LOCK_TIMEOUT, 1, 86_400),
                Arguments.of(Variable.DB_IDLE_IN_TRANSACTION_TIMEOUT, 1, 86_400),
                Arguments.of(Variable.DB_TRANSACTION_TIMEOUT, 1, 86_400),
                Arguments.of(Variable.DB_SOCKET_TIMEOUT, 1, 86_400),
                Arguments.of(Variable.HTTP_PORT, 1, 65_535),
                Arguments.of(Variable.SHUTDOWN_GRACE, 0, 3600),
                Arguments.of(Variable.SHUTDOWN_DELAY, 0, 3600),
                Arguments.of(Variable.DB_POOL_QUEUE, 0, 10_000),
                Arguments.of(Variable.HTTP_BODY_TIMEOUT, 1, 3600),
                Arguments.of(Variable.IDEMPOTENCY_HOURS, 1, 8_760),
                Arguments.of(Variable.DB_READ_POOL_SIZE, 1, 1000),
                Arguments.of(Variable.DB_READ_MAX_OVERFLOW, 0, 1000),
                Arguments.of(Variable.DB_SLOW_STATEMENT, 0, 3_600_000));
    }

    static Stream<Arguments> choices() {
        return Stream.of(
                Arguments.of(Variable.DB_POOL_PRE_PING, "true", "false"),
                Arguments.of(Variable.DB_ECHO_SQL, "false", "true"),
                Arguments.of(Variable.METRICS_AUTH, "false", "true"),
                Arguments.of(Variable.STATUS_PAGE, "true", "false"),
                Arguments.of(Variable.LOG_FORMAT, "text", "json"));
    }

    @Test
    @DisplayName("every variable is tried by one of the tests below, or is text or a URL")
    void covered() {
        assertThat(
                        Stream.concat(numbers(), choices())
                                .map(arguments -> (Variable) arguments.get()[0]))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Variable.values()).filter(Variable::isPublic).toList());
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("unset and empty mean the default")
    void absent(Variable variable) {
        assertThat(variable.value(Map.of())).isEqualTo(variable.defaultValue());
        assertThat(variable.value(Map.of(variable.name(), ""))).isEqualTo(variable.defaultValue());
        assertThat(variable.isSet(Map.of())).isFalse();
        assertThat(variable.isSet(Map.of(variable.name(), ""))).isFalse();
        assertThat(variable.isSet(Map.of(variable.name(), "x"))).isTrue();
    }

    @Test
    @DisplayName("a URL is taken as it is; another text, or one with a password, is refused")
    void url() {
        Variable variable = Variable.OTEL_EXPORTER_OTLP_ENDPOINT;
        for (String url : new String[] {"http://localhost:4318", "https://[::1]/otel"}) {
            assertThat(variable.value(given(variable, " " + url + "\n"))).isEqualTo(url);
        }
        for (String text :
                new String[] {"localhost:4318", "collector", "http://", "grpc://a", "/"}) {
            assertThatThrownBy(() -> variable.value(given(variable, text)))
                    .isInstanceOf(InvalidVariable.class)
                    .hasMessage(
                            variable
                                    + ": got \""
                                    + text
                                    + "\", takes a URL such as http://localhost:4318");
        }
        assertThatThrownBy(() -> variable.value(given(variable, "https://me:s3cret@host")))
                .isInstanceOf(InvalidVariable.class)
                .hasMessage(variable + ": takes a URL without user and password");
    }

    @ParameterizedTest
    @MethodSource("numbers")
    @DisplayName("both ends of a range are taken, blanks around and zeros before are dropped")
    void edges(Variable variable, int least, int most) {
        assertThat(variable.value(given(variable, least))).isEqualTo("" + least);
        assertThat(variable.number(given(variable, most))).isEqualTo(most);
        assertThat(variable.value(given(variable, " 00" + most + "\n"))).isEqualTo("" + most);
    }

    @ParameterizedTest
    @MethodSource("numbers")
    @DisplayName("what is no number of the range is refused by name, value and range")
    void badNumber(Variable variable, int least, int most) {
        for (Object given :
                new Object[] {
                    least - 1,
                    most + 1,
                    -1,
                    "+5",
                    "5s",
                    "5.0",
                    "1e1",
                    "0x10",
                    " ",
                    "5 5",
                    "99999999999999999999",
                    "\u0665",
                    "NaN",
                    "$(id)"
                }) {
            assertThatThrownBy(() -> variable.value(given(variable, given)))
                    .isInstanceOf(InvalidVariable.class)
                    .hasMessage(
                            variable
                                    + ": got \""
                                    + given.toString().strip()
                                    + "\", takes a whole number from "
                                    + least
                                    + " to "
                                    + most);
        }
    }

    @ParameterizedTest
    @MethodSource("choices")
    @DisplayName("each choice in any case, nothing else")
    void choice(Variable variable, String byDefault, String other) {
        assertThat(variable.value(Map.of())).isEqualTo(byDefault);
        assertThat(variable.value(given(variable, " " + byDefault.toUpperCase(Locale.ROOT) + " ")))
                .isEqualTo(byDefault);
        assertThat(variable.value(given(variable, other.toUpperCase(Locale.ROOT))))
                .isEqualTo(other);
        for (String given : new String[] {"yes", "1", "on", "truefalse", " "}) {
            assertThatThrownBy(() -> variable.value(given(variable, given)))
                    .isInstanceOf(InvalidVariable.class)
                    .hasMessageStartingWith(variable + ": got \"" + given.strip() + "\", takes ")
                    .hasMessageContainingAll(byDefault, " or ", other);
        }
    }

    @Test
    @DisplayName("a choice between true and false is a flag")
    void flag() {
        assertThat(Variable.DB_POOL_PRE_PING.flag(Map.of())).isTrue();
        assertThat(Variable.DB_ECHO_SQL.flag(Map.of())).isFalse();
        assertThat(Variable.DB_ECHO_SQL.flag(given(Variable.DB_ECHO_SQL, "TRUE "))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"DATABASE_URL", "DATABASE_USER", "DATABASE_PASSWORD", "DATABASE_PASSWORD_FILE"})
    @DisplayName("text is taken as it is, and never printed")
    void text(Variable variable) {
        String any = " \t\"'$`\\;&|<>%\u00e9\ud83c\udf31 ";
        assertThat(variable.value(Map.of(variable.name(), any))).isEqualTo(any);
        assertThat(variable.isPublic()).isFalse();
    }

    @Test
    @DisplayName("the message stays one short line, whatever the value")
    void oneLine() {
        assertThatThrownBy(
                        () ->
                                Variable.HTTP_PORT.value(
                                        given(
                                                Variable.HTTP_PORT,
                                                "a\nb\u001b[31m" + "x".repeat(500))))
                .satisfies(
                        e ->
                                assertThat(e.getMessage())
                                        .startsWith("HTTP_PORT: got \"a?b?[31mxxx")
                                        .contains("x...\", takes a whole number from 1 to 65535")
                                        .doesNotContainPattern("\\p{Cntrl}")
                                        .hasSizeLessThan(150));
    }

    private static Map<String, String> given(Variable variable, Object value) {
        return Map.of(variable.name(), value.toString());
    }
}
