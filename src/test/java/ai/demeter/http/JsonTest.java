package ai.demeter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Otherwise clients would mend their bodies one error at a time, or store what they never sent. */
class JsonTest {

    /** Some plant. */
    public record Plant(
            @NotNull(message = "is required")
                    @Pattern(regexp = "[A-Z]{2}", message = "must match [A-Z]{2}")
                    String code,
            @NotNull(message = "is required") @Text(most = 5) String name,
            Colour colour,
            Boolean wet,
            Integer height,
            Pot pot,
            List<Pot> spares) {}

    /** What one stands in. */
    public record Pot(String label, boolean round) {}

    /** A colour. */
    public enum Colour {
        @JsonProperty("dark_green")
        DARK_GREEN,
        RED
    }

    private static final Type PLANTS =
            new Object() {
                @SuppressWarnings("unused")
                private List<Plant> plants;
            }.getClass().getDeclaredFields()[0].getGenericType();

    @Test
    @DisplayName("what is well-formed and valid is bound as it is")
    void bound() throws IOException {
        Plant plant =
                (Plant)
                        read(
                                Plant.class,
                                "{\"code\":\"AB\",\"name\":\"n\",\"colour\":\"dark_green\",\"wet\":false,"
                                        + "\"height\":7,\"pot\":{\"label\":\"l\",\"round\":true},\"spares\":[{}],"
                                        + "\"unknown\":[{\"wet\":1}]}");
        assertThat(plant)
                .isEqualTo(
                        new Plant(
                                "AB",
                                "n",
                                Colour.DARK_GREEN,
                                false,
                                7,
                                new Pot("l", true),
                                List.of(new Pot(null, false))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"code\":\"a\",\"name\":\" \",\"colour\":\"blue\",\"wet\":\"yes\"} | code colour name wet",
                "{\"code\":5,\"name\":[1,[2,{\"x\":[3]}]],\"colour\":{\"a\":{}},\"wet\":null} | code colour name wet",
                "{\"code\":{\"code\":\"AB\"},\"name\":\"n\"} | code",
                "{\"code\":true,\"wet\":[]} | code name wet",
                "{\"code\":\"AB\",\"name\":\"n\",\"height\":\"7\",\"pot\":1} | height pot",
                "{\"code\":\"AB\",\"name\":\"n\",\"height\":1e99999} | height",
                "{\"code\":\"AB\",\"name\":\"n\",\"height\":1.5} | height",
                "{\"code\":\"AB\",\"name\":\"n\",\"height\":2147483648,\"wet\":0} | height wet",
                "{\"code\":\"AB\",\"name\":\"n\",\"pot\":{\"label\":1,\"round\":2}} | pot.label pot.round",
                "{\"code\":\"AB\",\"name\":\"n\",\"spares\":[{\"round\":true},2,{\"label\":[],\"round\":true}],\"wet\":1} | spares[1] spares[2].label wet"
            })
    @DisplayName("a body is told of all its errors at once: wrong types and violated constraints")
    void everyError(String body, String fields) {
        assertThat(refused(Plant.class, body).errors())
                .extracting(Problem.FieldError::field)
                .containsExactly(fields.split(" "));
    }

    @Test
    @DisplayName("each error says what the member must be, and only one of a member")
    void wording() {
        Problem problem =
                refused(
                        Plant.class,
                        "{\"code\":1,\"name\":\"123456\",\"colour\":\"DARK_GREEN\",\"wet\":1,\"height\":{},\"pot\":[]}");
        assertThat(problem.kind()).isEqualTo(Problem.Kind.VALIDATION);
        assertThat(problem.errors())
                .containsExactly(
                        new Problem.FieldError("code", "must be a string"),
                        new Problem.FieldError("colour", "must be one of dark_green, RED"),
                        new Problem.FieldError(
                                "height", "must be a whole number, and not too large"),
                        new Problem.FieldError(
                                "name",
                                "must have 1 to 5 characters, not only blanks, without NUL or half surrogate pairs"),
                        new Problem.FieldError("pot", "must be an object"),
                        new Problem.FieldError("wet", "must be true or false"));
    }

    @Test
    @DisplayName("in a batch by index, items that are no objects among them")
    void batch() {
        assertThat(
                        refused(
                                        PLANTS,
                                        "[{\"code\":\"AB\",\"name\":\"n\"},{\"code\":\"a\",\"wet\":0},7,null,"
                                                + "{\"code\":\"AB\",\"name\":\"n\",\"colour\":\"x\"},[]]")
                                .errors())
                .extracting(Problem.FieldError::field)
                .containsExactly(
                        "items[1].code",
                        "items[1].name",
                        "items[1].wet",
                        "items[2]",
                        "items[3]",
                        "items[4].colour",
                        "items[5]");
    }

    @Test
    @DisplayName("the first 20 in the order of the body, whatever kind they are of")
    void first() {
        String wrongType = "{\"code\":1,\"name\":\"n\"}";
        String violated = "{\"code\":\"a\",\"name\":\"n\"}";
        String body =
                IntStream.range(0, 10_000)
                        .mapToObj(i -> i % 2 == 0 ? violated : wrongType)
                        .collect(Collectors.joining(",", "[", "]"));
        assertThat(refused(PLANTS, body).errors())
                .extracting(Problem.FieldError::field)
                .containsExactlyElementsOf(
                        IntStream.range(0, 20).mapToObj(i -> "items[" + i + "].code").toList());
    }

    @Test
    @DisplayName("errors do not hide that the text itself is broken")
    void malformedAfterErrors() {
        for (String body :
                List.of(
                        "{\"code\":1,\"name\":",
                        "{\"code\":[1,",
                        "{\"code\":{\"a\":1,\"a\":2},\"name\":\"n\"}",
                        "{\"code\":1,\"name\":\"n\"} x")) {
            assertThat(refused(Plant.class, body).kind())
                    .as(body)
                    .isEqualTo(Problem.Kind.MALFORMED);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "[] | The body must be one JSON object.",
                "1 | The body must be one JSON object.",
                "null | The body must be one JSON object.",
                "{} {} | The body must be one JSON object.",
                "{\"code\":} | The body is not valid JSON at line 1, column 9.",
                "{\"code\":1,\"code\":2} | The body is not valid JSON at line 1, column 17."
            })
    @DisplayName("a body that is not one object of JSON is malformed")
    void malformed(String body, String detail) {
        Problem problem = refused(Plant.class, body);
        assertThat(problem.kind()).isEqualTo(Problem.Kind.MALFORMED);
        assertThat(problem.detail()).isEqualTo(detail);
        assertThat(problem.errors()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"pot\":",
                "{\"spares\":[",
                "{\"unknown\":",
                "{\"code\":",
                "{\"colour\":["
            })
    @DisplayName("nesting without end is refused, wherever it stands")
    void bottomless(String start) {
        assertThat(refused(Plant.class, start + "[".repeat(100_000)).detail())
                .startsWith("The body is nested too deep");
    }

    @Test
    @DisplayName(
            "of a body with errors without end 20 are kept, and no more items than are allowed")
    void bounded() {
        String items = String.join(",", Collections.nCopies(2_000_000, "1"));
        assertThat(refused(PLANTS, "[" + items + "]").errors())
                .containsExactly(
                        new Problem.FieldError("items", "must be at most " + Json.MOST_ITEMS));
    }

    @Test
    @DisplayName("a connection that breaks is no error of the body's")
    void broken() {
        IOException broken = new IOException("reset");
        InputStream body =
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw broken;
                    }
                };
        assertThat(
                        catchThrowableOfType(
                                IOException.class,
                                () ->
                                        new Json()
                                                .readFrom(
                                                        null, Plant.class, null, null, null, body)))
                .isSameAs(broken);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-02T03:04:05.678901234Z, 2026-01-02T03:04:05.678901Z",
        "2026-12-31T23:59:59.999999Z, 2026-12-31T23:59:59.999999Z",
        "2026-01-01T00:00:00Z, 2026-01-01T00:00:00.000000Z",
        "1969-07-20T20:17:40.000001Z, 1969-07-20T20:17:40.000001Z",
        "0001-01-01T00:00:00Z, 0001-01-01T00:00:00.000000Z"
    })
    @DisplayName("an instant is written with six digits of a second")
    void instants(Instant instant, String text) throws IOException {
        assertThat(
                        new String(
                                Json.bytes(new Page<>(List.of(instant), null)),
                                StandardCharsets.UTF_8))
                .isEqualTo("{\"items\":[\"" + text + "\"]}");
    }

    private static Object read(Type type, String body) throws IOException {
        return new Json()
                .readFrom(
                        null,
                        type,
                        null,
                        null,
                        null,
                        new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static Problem refused(Type type, String body) {
        return catchThrowableOfType(ProblemException.class, () -> read(type, body)).problem();
    }
}
