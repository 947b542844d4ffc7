package ai.demeter.detection;

import java.util.Arrays;

/** One line on its way from a client's words to a row for COPY. */
final class Row {
    private static final String NULL = "\\N";
    private static final Field[] FIELDS = Field.values();

    private final Refused refused;
    private final String[] columns = new String[FIELDS.length];
    private final boolean[] known = new boolean[FIELDS.length];
    private int line;
    private boolean good;

    Row(Refused refused) {
        this.refused = refused;
    }

    void begin(int number) {
        line = number;
        good = true;
        Arrays.fill(columns, null);
        Arrays.fill(known, false);
    }

    /** Takes a value as the client wrote it; null for one that is not said. */
    void put(Field field, String value) {
        if (known[field.ordinal()]) {
            refuse(field, "is there twice");
            return;
        }
        known[field.ordinal()] = true;
        if (value != null) {
            try {
                columns[field.ordinal()] = field.column(value);
            } catch (Field.Refusal e) {
                refuse(field, e.getMessage());
                return;
            }
        } else if (field.isRequired()) {
            refuse(field, "is required");
        }
    }

    /** Notes what is wrong with a field, or with the line if it is null. */
    void refuse(Field field, String message) {
        good = false;
        if (field != null) {
            known[field.ordinal()] = true;
        } else {
            Arrays.fill(known, true); // nothing is missing that could have been read
        }
        refused.add(line, field == null ? null : field.wireName(), message);
    }

    /** Whether all of it is as it must be; what is missing is noted now. */
    boolean isGood() {
        for (Field field : FIELDS) {
            if (!known[field.ordinal()] && field.isRequired()) {
                refuse(field, "is required");
            }
        }
        return good;
    }

    long areaId() {
        return Long.parseLong(columns[Field.AREA_ID.ordinal()]);
    }

    /** Appends its columns in the text format of COPY. */
    void appendTo(StringBuilder copy) {
        for (int i = 0; i < columns.length; i++) {
            copy.append(i == 0 ? "" : "\t").append(columns[i] == null ? NULL : columns[i]);
        }
    }

    /** Text as the text format of COPY has it. */
    static String escaped(String value) {
        boolean plain = value.chars().allMatch(character -> character >= ' ' && character != '\\');
        return plain
                ? value
                : value.replace("\\", "\\\\")
                        .replace("\t", "\\t")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r");
    }
}
