package ai.demeter.detection;

import ai.demeter.http.ProblemException;
import ai.demeter.http.StreamedBody;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of the detections, in the order of their times and ids, and how they are written.
 *
 * @param from of the first; null for all from the beginning
 * @param to before which the last is; null for all to the end
 * @param after the time of the last one that its client has; null for none
 * @param afterId its id
 */
record Export(boolean csv, Instant from, Instant to, Instant after, long afterId) {
    /** Rows at once. */
    static final int PAGE = 10_000;

    static final byte[] HEADER =
            "id,detectedAt,areaId,product,size,confidence,count\n"
                    .getBytes(StandardCharsets.US_ASCII);

    private static final Pattern CURSOR = Pattern.compile("([0-9TZ:.-]{20,30}),([1-9][0-9]{0,17})");

    /** Of a line as it is written, either way. */
    private static final Pattern ID_AND_TIME =
            Pattern.compile("^\\D{0,6}(\\d+),(?:\"detectedAt\":\")?([^\",]+)");

    private static final String COLUMNS =
            "id, to_char(detected_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS \"detectedAt\","
                    + " area_id AS \"areaId\", product, size, confidence, count";

    /**
     * What a request asks for.
     *
     * @throws ProblemException {@code validation} unless each is null, empty or what it must be
     */
    static Export of(boolean csv, String month, String from, String to, String after) {
        boolean ofMonth = isSaid(month);
        if (ofMonth && (isSaid(from) || isSaid(to))) {
            throw ProblemException.invalid("month", "must not be there with from or to");
        }
        Instant start = ofMonth ? start(month) : instant("from", from);
        Instant end =
                ofMonth
                        ? start.atOffset(ZoneOffset.UTC).plusMonths(1).toInstant()
                        : instant("to", to);
        if (!isSaid(after)) {
            return new Export(csv, start, end, null, 0);
        }
        Matcher cursor = CURSOR.matcher(after);
        if (!cursor.matches()) {
            throw ProblemException.invalid(
                    "after", "must be detectedAt and id of a detection, with a comma between");
        }
        return new Export(
                csv,
                start,
                end,
                instant("after", cursor.group(1)),
                Long.parseLong(cursor.group(2)));
    }

    private static boolean isSaid(String value) {
        return value != null && !value.isEmpty();
    }

    private static Instant start(String month) {
        try {
            if (month.matches("20[0-9]{2}-[0-9]{2}")) {
                return YearMonth.parse(month).atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
            }
        } catch (DateTimeException e) {
            // said below
        }
        throw ProblemException.invalid("month", "must be a month such as 2026-01, from 2000 on");
    }

    private static Instant instant(String name, String value) {
        try {
            return isSaid(value) ? OffsetDateTime.parse(value).toInstant() : null;
        } catch (DateTimeException e) {
            throw ProblemException.invalid(
                    name, "must be a time with its offset such as 2026-01-02T03:04:05Z");
        }
    }

    /** The rest, after the last line of a page. */
    Export after(byte[] page) {
        int start = page.length - 1;
        while (start > 0 && page[start - 1] != '\n') {
            start--;
        }
        Matcher last =
                ID_AND_TIME.matcher(
                        new String(page, start, page.length - start, StandardCharsets.UTF_8));
        if (!last.find()) {
            throw new IllegalStateException("a page ends with no detection");
        }
        return new Export(
                csv, from, to, Instant.parse(last.group(2)), Long.parseLong(last.group(1)));
    }

    /**
     * The statement for a page. It has no parameters, which COPY does not take; all that is put
     * into it are times and a number.
     */
    String copy() {
        StringBuilder rows = new StringBuilder("SELECT " + COLUMNS + " FROM detection WHERE true");
        rows.append(from == null ? "" : " AND detected_at >= '" + from + "'");
        rows.append(to == null ? "" : " AND detected_at < '" + to + "'");
        if (after != null) {
            // The first condition is the second one's, said so that partitions before it are left
            // out.
            rows.append(" AND detected_at >= '" + after + "'");
            rows.append(" AND (detected_at, id) > ('" + after + "', " + afterId + ")");
        }
        rows.append(" ORDER BY detected_at, id LIMIT " + PAGE);
        // No JSON has these characters in it, so that nothing is quoted or escaped.
        return csv
                ? "COPY (" + rows + ") TO STDOUT (FORMAT csv)"
                : "COPY (SELECT json_strip_nulls(row_to_json(detections)) FROM ("
                        + rows
                        + ") AS detections) TO STDOUT (FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01')";
    }

    String mediaType() {
        return (csv ? StreamedBody.CSV : StreamedBody.NDJSON) + ";charset=utf-8";
    }
}
