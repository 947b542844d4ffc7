package ai.demeter.http;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The {@code Idempotency-Key} of a request: a string of structured fields
 * (draft-ietf-httpapi-idempotency-key-header-07, section 2.1; RFC 9651, section 3.3.3), or bare, as
 * most clients send it.
 */
final class IdempotencyKey {
    /** Its name. */
    static final String HEADER = "Idempotency-Key";

    static final int MOST = 255;

    private static final Pattern QUOTED =
            Pattern.compile("\"((?:[\\x20\\x21\\x23-\\x5B\\x5D-\\x7E]|\\\\[\"\\\\])*+)\"");

    /** What cannot be taken for a list, for parameters, or for a quoted one that lacks an end. */
    private static final Pattern BARE =
            Pattern.compile("[\\x21\\x23-\\x2B\\x2D-\\x3A\\x3C-\\x5B\\x5D-\\x7E]++");

    /** RFC 9562, section 5.7: the first 48 bits are the milliseconds since 1970. */
    private static final Pattern UUID_V7 =
            Pattern.compile(
                    "([0-9a-fA-F]{8})-([0-9a-fA-F]{4})-7[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}");

    private static final int HEXADECIMAL = 16;

    private IdempotencyKey() {}

    /**
     * Reads the header.
     *
     * @param values its lines
     * @param kept how long answers are kept
     * @throws ProblemException {@code validation}, which names the header, if it is no key, or says
     *     itself that it is older than what is kept: its answer may be forgotten
     */
    static String of(List<String> values, Instant now, Duration kept) {
        String key = values.size() == 1 ? read(values.get(0).strip()) : null;
        if (key == null || key.isEmpty() || key.length() > MOST) {
            throw ProblemException.invalid(
                    HEADER,
                    "must be one key of 1 to "
                            + MOST
                            + " printable ASCII characters, in double quotes or without blanks, quotes, commas and semicolons");
        }
        Matcher uuid = UUID_V7.matcher(key);
        if (uuid.matches()) {
            Instant made =
                    Instant.ofEpochMilli(
                            Long.parseLong(uuid.group(1) + uuid.group(2), HEXADECIMAL));
            if (made.isBefore(now.minus(kept))) {
                throw ProblemException.invalid(
                        HEADER,
                        "has expired: it was made more than "
                                + kept.toHours()
                                + " hours ago, and its answer may be forgotten");
            }
        }
        return key;
    }

    /** Null if it is no key. */
    private static String read(String value) {
        Matcher quoted = QUOTED.matcher(value);
        if (quoted.matches()) {
            return quoted.group(1).replaceAll("\\\\(.)", "$1");
        }
        return BARE.matcher(value).matches() ? value : null;
    }
}
