package ai.demeter.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Writes an instant in UTC with six digits of a second, all that PostgreSQL keeps: {@code
 * 2026-01-02T03:04:05.678901Z}. By hand, because lists are full of them: {@code DateTimeFormatter}
 * takes several times as long.
 */
final class Instants extends StdSerializer<Instant> {
    private static final long serialVersionUID = 1L;
    private static final String SHAPE = "0000-00-00T00:00:00.000000Z";

    Instants() {
        super(Instant.class);
    }

    @Override
    public void serialize(Instant instant, JsonGenerator json, SerializerProvider provider)
            throws IOException {
        char[] text = text(instant);
        json.writeString(text, 0, text.length);
    }

    /** Years of four digits: PostgreSQL knows others, clients' parsers do not. */
    static char[] text(Instant instant) {
        LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
        char[] text = SHAPE.toCharArray();
        put(text, 3, time.getYear());
        put(text, 6, time.getMonthValue());
        put(text, 9, time.getDayOfMonth());
        put(text, 12, time.getHour());
        put(text, 15, time.getMinute());
        put(text, 18, time.getSecond());
        put(text, 25, time.getNano() / 1_000);
        return text;
    }

    /** The digits of a number, the last one at {@code end}. */
    private static void put(char[] text, int end, int number) {
        for (int at = end, left = number; left > 0; at--, left /= 10) {
            text[at] = (char) ('0' + left % 10);
        }
    }
}
