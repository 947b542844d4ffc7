package ai.demeter.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    // Would break: a client takes the part of an export that it got for all of it.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("an answer whose next part fails ends with a line that is a problem")
    void brokenOff(boolean gzip) throws Exception {
        ArrivingBodies clients = new ArrivingBodies(Duration.ofSeconds(20), System::nanoTime);
        ByteArrayOutputStream client = new ByteArrayOutputStream();
        new StreamedAnswers(clients)
                .send(
                        "1\n".getBytes(StandardCharsets.UTF_8),
                        () -> {
                            throw ProblemException.overloaded("x");
                        },
                        client,
                        gzip);
        InputStream sent = new ByteArrayInputStream(client.toByteArray());
        byte[] read = (gzip ? new GZIPInputStream(sent) : sent).readAllBytes();
        assertThat(new String(read, StandardCharsets.UTF_8).lines())
                .hasSize(2)
                .last()
                .asString()
                .startsWith("{\"type\":\"urn:demeter:problem:overloaded\"");
    }
}
