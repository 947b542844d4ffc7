package ai.demeter.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.demeter.http.ProblemException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Otherwise an export would leave out what it was asked for, or let a client write SQL. */
class ExportTest {
    @Test
    @DisplayName("a month is from its first moment to that of the next, in UTC")
    void month() {
        assertThat(Export.of(true, "2026-12", null, "", null).copy())
                .contains("detected_at >= '2026-12-01T00:00:00Z'")
                .contains("detected_at < '2027-01-01T00:00:00Z'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    2026-13 |                      |   |   | month
                    2026-1  |                      |   |   | month
                    1999-12 |                      |   |   | month
                    2026-01 | 2026-01-02T03:04:05Z |   |   | month
                            | 2026-01-02           |   |   | from
                            |                      | ' |   | to
                            |                      |   | 1 | after
                            |                      |   | 2026-01-02T03:04:05Z,1) OR (1=1 | after
                            |                      |   | 2026-99-02T03:04:05Z,1 | after
                    """)
    @DisplayName("what cannot be used is refused by name")
    void refused(String month, String from, String to, String after, String name) {
        assertThatThrownBy(() -> Export.of(false, month, from, to, after))
                .isInstanceOf(ProblemException.class)
                .hasMessageStartingWith(name + " must");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1,x\n17,2026-01-02T03:04:05.678901Z,7,\"a, b\",,0.5,3\n",
                "{\"id\":17,\"detectedAt\":\"2026-01-02T03:04:05.678901Z\",\"areaId\":7,\"product\":\"id 5,2026\"}\n"
            })
    @DisplayName("a page goes on after its last line, of either format")
    void next(String page) {
        Export rest =
                Export.of(true, null, null, null, null)
                        .after(page.getBytes(StandardCharsets.UTF_8));
        assertThat(rest)
                .isEqualTo(Export.of(true, null, null, null, "2026-01-02T03:04:05.678901Z,17"));
        assertThat(rest.copy()).contains("(detected_at, id) > ('2026-01-02T03:04:05.678901Z', 17)");
    }
}
