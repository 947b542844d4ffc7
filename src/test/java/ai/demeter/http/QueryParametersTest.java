package ai.demeter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.QueryParam;
import java.lang.annotation.Annotation;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

/** Otherwise a filter that a client mistyped would filter something else, or nothing. */
class QueryParametersTest {
    private enum Side {
        @JsonProperty("left_hand")
        LEFT_HAND,
        RIGHT
    }

    @SuppressWarnings("unused")
    private static void method(
            @QueryParam("flag") Boolean flag,
            @QueryParam("side") Side side,
            @QueryParam("text") String text,
            @HeaderParam("flag") Boolean header) {}

    @ParameterizedTest
    @NullAndEmptySource
    @DisplayName("absent or empty is null")
    void absent(String given) {
        assertThat(convert("flag", given)).isNull();
        assertThat(convert("side", given)).isNull();
    }

    @Test
    @DisplayName("flags are true or false, enums go by their names on the wire")
    void known() {
        assertThat(convert("flag", "true")).isEqualTo(true);
        assertThat(convert("flag", "false")).isEqualTo(false);
        assertThat(convert("side", "left_hand")).isEqualTo(Side.LEFT_HAND);
        assertThat(convert("side", "RIGHT")).isEqualTo(Side.RIGHT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRUE", "1", "yes", " true", "\u0000", "LEFT_HAND", "right"})
    @DisplayName("anything else is refused by name, with what it must be")
    void refused(String given) {
        assertThat(problem("flag", given).errors())
                .containsExactly(new Problem.FieldError("flag", "must be true or false"));
        assertThat(problem("side", given).errors())
                .containsExactly(new Problem.FieldError("side", "must be one of left_hand, RIGHT"));
    }

    @Test
    @DisplayName("what is no flag or enum in a query is the server's own business")
    void others() {
        assertThat(converter(2)).isNull();
        assertThat(converter(3)).isNull();
        assertThat(new QueryParameters().getConverter(Boolean.class, Boolean.class, null)).isNull();
    }

    private static Object convert(String name, String given) {
        return converter(List.of("flag", "side").indexOf(name)).fromString(given);
    }

    private static Problem problem(String name, String given) {
        return catchThrowableOfType(ProblemException.class, () -> convert(name, given)).problem();
    }

    private static jakarta.ws.rs.ext.ParamConverter<?> converter(int parameter) {
        var method =
                Arrays.stream(QueryParametersTest.class.getDeclaredMethods())
                        .filter(each -> each.getName().equals("method"))
                        .findFirst()
                        .orElseThrow();
        Class<?> type = method.getParameterTypes()[parameter];
        Annotation[] annotations = method.getParameterAnnotations()[parameter];
        return new QueryParameters().getConverter(type, type, annotations);
    }
}
