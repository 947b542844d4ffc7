package ai.demeter.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.demeter.http.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What becomes of lines. Would break: a value that COPY refuses, so that nobody knows which line it
 * was, or one that it takes for something else.
 */
class FormatTest {
    private static final String HEADER = "areaId,detectedAt,product,size,confidence,count\n";
    private static final String GOOD =
            "{\"areaId\":7,\"detectedAt\":\"2026-01-02T03:04:05Z\",\"product\":\"Rosa\",\"confidence\":0.5,\"count\":3}";

    private final Refused refused = new Refused(1_000);

    /** The rows for COPY, and after them what was refused, as {@code line field message}. */
    private String read(Format format, String text) throws IOException {
        Lines lines = new Lines(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        StringBuilder copy = new StringBuilder();
        Row row = new Row(refused);
        format.begin(lines);
        while (lines.next()) {
            row.begin(lines.number());
            format.read(lines, row);
            if (row.isGood()) {
                row.appendTo(copy);
                copy.append('\n');
            }
        }
        refused.errors()
                .forEach(
                        error ->
                                copy.append(error.line())
                                        .append(' ')
                                        .append(error.field())
                                        .append(' ')
                                        .append(error.message())
                                        .append('\n'));
        return copy.toString();
    }

    @Test
    @DisplayName("a JSON object is a row; what is left out or null is NULL; others are ignored")
    void ndjson() throws IOException {
        assertThat(
                        read(
                                new Ndjson(),
                                GOOD
                                        + "\n{\"x\":[{}],\"count\":0,\"size\":\"M\",\"confidence\":1,\"product\":\"a\\tb\\\\c\\nñ🌱\","
                                        + "\"detectedAt\":\"2026-01-02T03:04:05.678901+02:00\",\"areaId\":1}"
                                        + "\n"
                                        + GOOD.replace("}", ",\"size\":null}")))
                .isEqualTo(
                        "7\t2026-01-02T03:04:05Z\tRosa\t\\N\t0.5\t3\n"
                                + "1\t2026-01-02T01:04:05.678901Z\ta\\tb\\\\c\\nñ🌱\tM\t1.0\t0\n"
                                + "7\t2026-01-02T03:04:05Z\tRosa\t\\N\t0.5\t3\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    "areaId":7        | "areaId":"7"          | areaId must be a number
                    "areaId":7        | "areaId":0            | areaId must be the id of an area
                    "areaId":7        | "areaId":-1           | areaId must be the id of an area
                    "areaId":7        | "areaId":1.0          | areaId must be the id of an area
                    "areaId":7        | "areaId":1e3          | areaId must be the id of an area
                    "areaId":7        | "areaId":9999999999999999999 | areaId must be the id of an area
                    "areaId":7        | "areaId":[7]          | areaId must be a number
                    "areaId":7        | "areaId":null         | areaId is required
                    "areaId":7        | "x":7                 | areaId is required
                    "areaId":7        | "areaId":7,"areaId":7 | areaId is there twice
                    "count":3         | "count":-1            | count must be a whole number from 0 to 100000
                    "count":3         | "count":100001        | count must be a whole number from 0 to 100000
                    "count":3         | "count":1.5           | count must be a whole number from 0 to 100000
                    "count":3         | "count":true          | count must be a number
                    "confidence":0.5  | "confidence":1.01     | confidence must be a number from 0 to 1
                    "confidence":0.5  | "confidence":-0.1     | confidence must be a number from 0 to 1
                    "product":"Rosa"  | "product":5           | product must be a string
                    "product":"Rosa"  | "product":{"a":1}     | product must be a string
                    "size":null       | "size":"m"            | size must match [A-Z0-9./-]{1,20}
                    "size":null       | "size":""             | size must match [A-Z0-9./-]{1,20}
                    """)
    @DisplayName("a member that is not what it must be is named, with what it must be")
    void refusedMembers(String member, String instead, String said) throws IOException {
        String line = GOOD.replace("}", ",\"size\":null}");
        assertThat(read(new Ndjson(), line.replace(member, instead))).isEqualTo("1 " + said + "\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-01-02", "2026-01-02T03:04:05", "1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z",
                "2026-02-30T00:00:00Z", "2026-01-02T25:00:00Z", "2026-01-02T03:04:60Z", "infinity",
                "now", "", "+12026-01-02T03:04:05Z"
            })
    @DisplayName("a time is one with its offset, from 2000 to 2099")
    void times(String time) throws IOException {
        assertThat(read(new Ndjson(), GOOD.replace("2026-01-02T03:04:05Z", time)))
                .startsWith("1 detectedAt must be a time with its offset");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "\\u0000", "a\\ud800", "\\t"})
    @DisplayName("a product is text that PostgreSQL stores, and people read")
    void products(String product) throws IOException {
        assertThat(read(new Ndjson(), GOOD.replace("Rosa", product)))
                .startsWith("1 product must have 1 to 200 characters");
        assertThat(read(new Ndjson(), GOOD.replace("Rosa", "🌱".repeat(200)))).contains("🌱");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "5", "null", "{", "{\"a\":", "x", "{}}", "{} {}", "{'a':1}"})
    @DisplayName("a line that is no JSON object is named as a whole")
    void noObject(String line) throws IOException {
        assertThat(read(new Ndjson(), GOOD + "\n" + line + "\n" + GOOD))
                .contains("2 null must be ")
                .startsWith("7\t2026-01-02T03:04:05Z\tRosa\t\\N\t0.5\t3\n7\t");
    }

    @Test
    @DisplayName("all that is wrong with a line is named, and lines are counted, not errors")
    void everyError() throws IOException {
        assertThat(read(new Ndjson(), "{\"count\":-1,\"size\":5}\n{}\n" + GOOD))
                .contains("1 count must", "1 size must", "1 areaId is", "1 product is", "2 areaId");
        assertThat(refused.lines()).isEqualTo(2);
    }

    @Test
    @DisplayName("CSV: columns by the header, in any order, quoted or not, empty is not said")
    void csv() throws IOException {
        assertThat(
                        read(
                                new Csv(),
                                "id,count,product,areaId,\"size\",confidence,detectedAt\r\n"
                                        + "9,3,\"Rosa, \"\"red\"\"\",7,,0.5,2026-01-02T03:04:05Z\r\n"
                                        + ",3,Rosa,7,XL,1,2026-01-02T03:04:05Z"))
                .isEqualTo(
                        "7\t2026-01-02T03:04:05Z\tRosa, \"red\"\t\\N\t0.5\t3\n"
                                + "7\t2026-01-02T03:04:05Z\tRosa\tXL\t1.0\t3\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    7,2026-01-02T03:04:05Z,Rosa,,0.5         | 2 null must have 6 values
                    7,2026-01-02T03:04:05Z,Rosa,,0.5,3,      | 2 null must have 6 values
                    7,2026-01-02T03:04:05Z,"Rosa,,0.5,3      | 2 null has a quote that nothing closes, or text after one
                    7,2026-01-02T03:04:05Z,"Rosa"x,,0.5,3    | 2 null has a quote that nothing closes, or text after one
                    7,2026-01-02T03:04:05Z,,,0.5,3           | 2 product is required
                    x,2026-01-02T03:04:05Z,Rosa,,0.5,3       | 2 areaId must be the id of an area
                    7,2026-01-02T03:04:05Z,Rosa,,NaN,3       | 2 confidence must be a number from 0 to 1
                    7,2026-01-02T03:04:05Z,Rosa,,0x1p-3,3    | 2 confidence must be a number from 0 to 1
                    """)
    @DisplayName("CSV: a wrong line is named, with its number in the file")
    void csvRefused(String line, String said) throws IOException {
        assertThat(read(new Csv(), HEADER + line)).isEqualTo(said + "\n");
    }

    @Test
    @DisplayName("CSV: without a header that names what is required no row can be read")
    void header() {
        for (String header : List.of("", "areaId,count", HEADER.replace("count", "areaId"), "\"")) {
            assertThatThrownBy(() -> read(new Csv(), header))
                    .isInstanceOf(ProblemException.class)
                    .hasMessageContaining("lines[1]");
        }
    }

    @Test
    @DisplayName(
            "a problem names the first 20 of them, a report the first 1,000, and says how many")
    void most() throws IOException {
        read(new Ndjson(), "5\n".repeat(1_500));
        assertThat(refused.errors()).hasSize(1_000);
        assertThat(refused.lines()).isEqualTo(1_500);
        assertThat(refused.problem()).hasMessage("lines[1] must be a JSON object, and 19 more.");
    }
}
