package ai.demeter.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Otherwise a client would get bytes that it cannot read, or many more than it need. */
class StreamedAnswersTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    gzip                        | true
                    deflate, GZIP;q=0.5, br     | true
                    gzip ; q=1                  | true
                    gzip;q=0                    | false
                    gzip;q=0.000, identity      | false
                    identity                    | false
                    x-gzip                      | false
                                                | false
                    """)
    @DisplayName("an answer is compressed where gzip is asked for")
    void gzip(String acceptEncoding, boolean takes) {
        assertThat(StreamedAnswers.takesGzip(acceptEncoding)).isEqualTo(takes);
    }
}
