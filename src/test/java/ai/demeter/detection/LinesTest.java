package ai.demeter.detection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Otherwise a row would be cut where a packet ends, or an error named at another line. */
class LinesTest {
    private static final String LONGEST = "x".repeat(Lines.MOST_BYTES);

    /** A stream that gives as many bytes at once, as networks do. */
    private static List<String> read(byte[] bytes, int atOnce) throws IOException {
        InputStream in =
                new ByteArrayInputStream(bytes) {
                    @Override
                    public int read(byte[] into, int offset, int length) {
                        return super.read(into, offset, Math.min(length, atOnce));
                    }
                };
        List<String> read = new ArrayList<>();
        Lines lines = new Lines(in);
        while (lines.next()) {
            read.add(
                    lines.number()
                            + (lines.fault() == null ? ":" + lines.line() : "!" + lines.fault()));
        }
        return read;
    }

    private static List<String> read(String text, int atOnce) throws IOException {
        return read(text.getBytes(StandardCharsets.UTF_8), atOnce);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 8191, 65_536})
    @DisplayName("lines are the same however they arrive, with and without the last line's end")
    void arrival(int atOnce) throws IOException {
        for (String end : List.of("", "\n", "\r\n")) {
            assertThat(read("\uFEFFa\n\nñ🌱\r\n" + LONGEST + "\nlast" + end, atOnce))
                    .containsExactly("1:a", "2:", "3:ñ🌱", "4:" + LONGEST, "5:last");
        }
        assertThat(read("", atOnce)).isEmpty();
    }

    // Would break: a body without a line's end takes the memory, or is told nothing of.
    @ParameterizedTest
    @ValueSource(ints = {1000, 8192, 65_536})
    @DisplayName("a line that is too long is one error, and the next one is read")
    void tooLong(int atOnce) throws IOException {
        for (String more : List.of("x", LONGEST, LONGEST.repeat(20))) {
            assertThat(read("a\n" + LONGEST + more + "\nb\n" + LONGEST + more, atOnce))
                    .containsExactly(
                            "1:a",
                            "2!must have at most 8192 bytes",
                            "3:b",
                            "4!must have at most 8192 bytes");
        }
    }

    @Test
    @DisplayName("what is no UTF-8, overlong forms included, is an error of its line")
    void utf8() throws IOException {
        byte[] bytes = "a\n??\nb".getBytes(StandardCharsets.UTF_8);
        bytes[2] = (byte) 0xC0; // an overlong '/'
        bytes[3] = (byte) 0xAF;
        assertThat(read(bytes, 100)).containsExactly("1:a", "2!must be UTF-8", "3:b");
    }
}
