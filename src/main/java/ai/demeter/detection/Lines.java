package ai.demeter.detection;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** The lines of a stream in UTF-8, one at a time and none kept, with their numbers from 1. */
final class Lines {
    /** Bytes of a line: several times what the longest detection takes. */
    static final int MOST_BYTES = 8192;

    private static final int BUFFER = 8 * MOST_BYTES;

    private final InputStream in;
    private final CharsetDecoder decoder =
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final byte[] bytes = new byte[BUFFER];
    private final CharBuffer line = CharBuffer.allocate(MOST_BYTES);
    private int from;
    private int to;
    private boolean ended;
    private int number;
    private String fault;

    Lines(InputStream in) {
        this.in = in;
    }

    /**
     * Goes on to the next line.
     *
     * @return whether there is one
     * @throws IOException if the stream breaks off
     */
    boolean next() throws IOException {
        int end = find(from);
        if (end < 0) {
            end = to;
            if (from == to) {
                return false;
            }
        }
        number++;
        boolean whole = end - from <= MOST_BYTES;
        fault = whole ? null : "must have at most " + MOST_BYTES + " bytes";
        if (whole) {
            decode(from, end);
            from = Math.min(to, end + 1);
        } else {
            skip();
        }
        return true;
    }

    /** Where a line ends; fewer than 0 if the last one has no end, which is then all there is. */
    private int find(int start) throws IOException {
        int at = start;
        while (true) {
            for (; at < to; at++) {
                if (bytes[at] == '\n') {
                    return at;
                }
            }
            if (ended || to - from > MOST_BYTES) {
                return -1;
            }
            at -= from;
            System.arraycopy(bytes, from, bytes, 0, to - from);
            to -= from;
            from = 0;
            int read = in.read(bytes, to, bytes.length - to);
            ended = read < 0;
            to += Math.max(0, read);
        }
    }

    private void skip() throws IOException {
        int end = find(from);
        while (end < 0 && !ended) {
            from = to;
            end = find(from);
        }
        from = end < 0 ? to : end + 1;
    }

    private void decode(int start, int end) {
        int last = end > start && bytes[end - 1] == '\r' ? end - 1 : end;
        line.clear();
        decoder.reset();
        ByteBuffer encoded = ByteBuffer.wrap(bytes, start, last - start);
        if (decoder.decode(encoded, line, true).isError()) {
            fault = "must be UTF-8";
        }
        line.flip();
        if (number == 1 && line.hasRemaining() && line.get(0) == '\uFEFF') {
            line.position(1); // as spreadsheets begin a file
        }
    }

    /** Of this line, the first one is 1. */
    int number() {
        return number;
    }

    /** Why this line cannot be read; null if it can. */
    String fault() {
        return fault;
    }

    /** This line, without its end; good until the next one. */
    CharBuffer line() {
        return line;
    }

    /** Whether there is nothing in it. */
    boolean isBlank() {
        for (int at = line.position(); at < line.limit(); at++) {
            if (!Character.isWhitespace(line.get(at))) {
                return false;
            }
        }
        return true;
    }
}
