package ai.demeter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Otherwise somebody's change would be overwritten unseen, or a right one refused. */
class IfMatchTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                " * ",
                "\"7\"",
                "  \"7\"\t",
                "\"6\", \"7\"",
                "\"7\",\"6\"",
                "\"6\" ,W/\"7\" , \"7\"",
                "\"6\",,\"7\",",
                ", \"7\"",
                "\"6\", , \"7\"",
                "\"a,b\", \"7\"",
                "\"\", \"7\"",
                "\"\u00e9!#~\", \"7\""
            })
    @DisplayName("any version, or a list that names the current one (RFC 9110, 13.1.1 and 5.6.1.2)")
    void matches(String header) {
        assertThatCode(() -> IfMatch.of(header).check(7)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"6\"", "\"77\"", "\"07\"", "W/\"7\"", "\"\"", "\"6,7\"", "\"*\""})
    @DisplayName("another version is stale, and so is a weak tag, which never matches")
    void stale(String header) {
        assertThatThrownBy(() -> IfMatch.of(header).check(7))
                .satisfies(e -> hasKind(e, Problem.Kind.STALE_VERSION));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ",",
                "7",
                "'7'",
                "\"7",
                "7\"",
                "w/\"7\"",
                "W/ \"7\"",
                "W/7",
                "*, \"7\"",
                "\"7\", *",
                "**",
                "\"7\" \"8\"",
                "\"7\"8",
                "\"7\u0000\"",
                "\"7 8\"",
                "\" 7\"",
                "\"7\"; x"
            })
    @DisplayName("garbage is the client's mistake, not another version")
    void garbage(String header) {
        assertThatThrownBy(() -> IfMatch.of(header))
                .satisfies(e -> hasKind(e, Problem.Kind.VALIDATION))
                .satisfies(
                        e ->
                                assertThat(((ProblemException) e).problem().errors())
                                        .extracting(Problem.FieldError::field)
                                        .containsExactly("If-Match"));
    }

    @Test
    @DisplayName("without the header there is no knowing what the client saw")
    void absent() {
        assertThatThrownBy(() -> IfMatch.of(null))
                .satisfies(e -> hasKind(e, Problem.Kind.PRECONDITION_REQUIRED));
    }

    @Test
    @DisplayName("a header of a megabyte, which WildFly lets in, is read like a short one")
    void megabyte() {
        assertThatCode(() -> IfMatch.of("\"7\"" + ", \"8\"".repeat(200_000)).check(7))
                .doesNotThrowAnyException();
        assertThatCode(() -> IfMatch.of("\"7\"" + ",".repeat(1_000_000)).check(7))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> IfMatch.of("\"7\"" + " ".repeat(1_000_000) + "x"))
                .satisfies(e -> hasKind(e, Problem.Kind.VALIDATION));
    }

    private static void hasKind(Throwable thrown, Problem.Kind kind) {
        assertThat(thrown)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().kind()).isEqualTo(kind));
    }
}
