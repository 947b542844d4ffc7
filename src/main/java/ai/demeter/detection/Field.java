package ai.demeter.detection;

import ai.demeter.http.Text;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a detection consists of, in the order of the columns that are written. */
enum Field {
    AREA_ID("areaId", false, true, Field::areaId),
    DETECTED_AT("detectedAt", true, true, Field::detectedAt),
    PRODUCT("product", true, true, Field::product),
    SIZE("size", true, false, Field::size),
    CONFIDENCE("confidence", false, true, Field::confidence),
    COUNT("count", false, true, Field::count);

    private static final Map<String, Field> BY_NAME =
            Stream.of(values()).collect(Collectors.toMap(field -> field.wireName, field -> field));

    private static final int MOST_CHARACTERS = 200;
    private static final int MOST_OF_SIZE = 20;
    private static final int MOST_DIGITS = 18;
    private static final int MOST_COUNTED = 100_000;
    private static final int FIRST_YEAR = 2000;
    private static final int LAST_YEAR = 2099;

    /** Characters of a time that PostgreSQL reads as it is: in UTC, to the second or finer. */
    private static final int TO_THE_SECOND = "2026-01-02T03:04:05Z".length();

    private final String wireName;
    private final boolean text;
    private final boolean required;
    private final Function<String, String> check;

    Field(String wireName, boolean text, boolean required, Function<String, String> check) {
        this.wireName = wireName;
        this.text = text;
        this.required = required;
        this.check = check;
    }

    /** The one with this name on the wire; null if there is none. */
    static Field of(String wireName) {
        return BY_NAME.get(wireName);
    }

    String wireName() {
        return wireName;
    }

    /** Whether it is a string in JSON; a number else. */
    boolean isText() {
        return text;
    }

    boolean isRequired() {
        return required;
    }

    /**
     * What the column takes for a value as clients write it.
     *
     * @throws Refusal if it is not what it must be
     */
    String column(String value) {
        return check.apply(value);
    }

    private static String areaId(String value) {
        if (isDigits(value, MOST_DIGITS) && value.charAt(0) != '0') {
            return value;
        }
        throw new Refusal("must be the id of an area");
    }

    private static String detectedAt(String value) {
        try {
            OffsetDateTime time = OffsetDateTime.parse(value);
            Instant instant = time.toInstant();
            int year = time.getYear();
            if (year >= FIRST_YEAR && year <= LAST_YEAR) {
                return value.endsWith("Z") && value.length() >= TO_THE_SECOND
                        ? value
                        : instant.toString();
            }
        } catch (DateTimeParseException e) {
            // said below
        }
        throw new Refusal(
                "must be a time with its offset such as 2026-01-02T03:04:05Z, from 2000 to 2099");
    }

    private static String product(String value) {
        if (Text.Check.isValid(value, MOST_CHARACTERS)) {
            return Row.escaped(value);
        }
        throw new Refusal(
                "must have 1 to 200 characters, not only blanks, without NUL or half surrogate pairs");
    }

    private static String size(String value) {
        if (!value.isEmpty()
                && value.length() <= MOST_OF_SIZE
                && value.chars().allMatch(Field::isOfSize)) {
            return value;
        }
        throw new Refusal("must match [A-Z0-9./-]{1,20}");
    }

    private static boolean isOfSize(int character) {
        return character >= 'A' && character <= 'Z' || character >= '-' && character <= '9';
    }

    private static String confidence(String value) {
        if (value.chars().allMatch(Field::isOfNumber)) {
            try {
                double confidence = Double.parseDouble(value);
                if (confidence >= 0 && confidence <= 1) {
                    return Double.toString(confidence);
                }
            } catch (NumberFormatException e) {
                // said below
            }
        }
        throw new Refusal("must be a number from 0 to 1");
    }

    private static boolean isOfNumber(int character) {
        return character >= '0' && character <= '9' || "+-.eE".indexOf(character) >= 0;
    }

    private static String count(String value) {
        if (isDigits(value, 6) && Integer.parseInt(value) <= MOST_COUNTED) {
            return value;
        }
        throw new Refusal("must be a whole number from 0 to 100000");
    }

    private static boolean isDigits(String value, int most) {
        return !value.isEmpty()
                && value.length() <= most
                && value.chars().allMatch(character -> character >= '0' && character <= '9');
    }

    /** A value is not what it must be; the message says what. Without a stack trace. */
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refusal(String mustBe) {
            super(mustBe, null, false, false);
        }
    }
}
