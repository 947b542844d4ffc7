package ai.demeter.detection;

import ai.demeter.http.ProblemException;
import java.io.IOException;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Values with commas between, in the order of the header line (RFC 4180); empty is not said. No
 * value has a line break in it, so that a line is a row. Columns that are not known are ignored.
 */
final class Csv implements Format {
    /** Null in the place of a column that is not known. */
    private final List<Field> header = new ArrayList<>();

    private final List<String> values = new ArrayList<>();

    @Override
    public void begin(Lines lines) throws IOException {
        if (!lines.next() || lines.fault() != null || !split(lines.line())) {
            throw ProblemException.invalid("lines[1]", "must name the columns");
        }
        values.forEach(name -> header.add(Field.of(name)));
        for (Field field : Field.values()) {
            long times = header.stream().filter(field::equals).count();
            if (times == 0 && field.isRequired() || times > 1) {
                throw ProblemException.invalid(
                        "lines[1]." + field.wireName(),
                        times > 1 ? "is there twice" : "is required: a column of this name");
            }
        }
    }

    @Override
    public void read(Lines lines, Row row) {
        if (!split(lines.line())) {
            row.refuse(null, "has a quote that nothing closes, or text after one");
            return;
        }
        if (values.size() != header.size()) {
            row.refuse(null, "must have " + header.size() + " values");
            return;
        }
        for (int i = 0; i < values.size(); i++) {
            if (header.get(i) != null) {
                String value = values.get(i);
                row.put(header.get(i), value.isEmpty() ? null : value);
            }
        }
    }

    /** Cuts a line into its values; false if its quotes are wrong. */
    private boolean split(CharBuffer line) {
        values.clear();
        char[] text = line.array();
        int at = line.position();
        int end = line.limit();
        while (true) {
            int next;
            if (at < end && text[at] == '"') {
                next = quoted(text, at + 1, end);
                if (next < 0) {
                    return false;
                }
            } else {
                next = at;
                while (next < end && text[next] != ',') {
                    next++;
                }
                values.add(new String(text, at, next - at));
            }
            if (next == end) {
                return true;
            }
            at = next + 1;
        }
    }

    /** Reads a value up to its closing quote; where the comma after it is, negative if none. */
    private int quoted(char[] text, int from, int end) {
        int length = 0;
        char[] value = Arrays.copyOfRange(text, from, end);
        for (int at = from; at < end; at++) {
            if (text[at] != '"') {
                value[length++] = text[at];
            } else if (at + 1 < end && text[at + 1] == '"') {
                value[length++] = text[at++];
            } else {
                values.add(new String(value, 0, length));
                return at + 1 == end || text[at + 1] == ',' ? at + 1 : -1;
            }
        }
        return -1;
    }
}
