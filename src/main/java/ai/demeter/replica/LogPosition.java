package ai.demeter.replica;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in the database's write-ahead log, as PostgreSQL writes it ({@code pg_lsn}): two halves
 * in hexadecimal.
 *
 * @param value bytes since the beginning, unsigned
 */
public record LogPosition(long value) {
    private static final Pattern TEXT = Pattern.compile("([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})");
    private static final int HALF = 32;
    private static final int HEXADECIMAL = 16;

    /** Of the log (XLOG_BLCKSZ), with a header of one of these lengths. */
    private static final long PAGE = 8192;

    private static final long HEADER = 24;
    private static final long LONG_HEADER = 40;

    /** What a text stands for; empty if it is no position. */
    public static Optional<LogPosition> parse(String text) {
        Matcher halves = TEXT.matcher(text);
        return halves.matches()
                ? Optional.of(
                        new LogPosition(
                                Long.parseLong(halves.group(1), HEXADECIMAL) << HALF
                                        | Long.parseLong(halves.group(2), HEXADECIMAL)))
                : Optional.empty();
    }

    /** Whether whoever has replayed up to here has replayed all that was written before that. */
    public boolean covers(LogPosition written) {
        return Long.compareUnsigned(value, written.end()) >= 0;
    }

    /**
     * The end of what stands before it. Where the next record goes is after the header of a page,
     * where the last one ended may be before it.
     */
    private long end() {
        long offset = value & PAGE - 1;
        return offset == HEADER || offset == LONG_HEADER ? value - offset : value;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%X/%X", value >>> HALF, value & 0xFFFFFFFFL);
    }
}
