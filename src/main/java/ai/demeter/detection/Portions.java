package ai.demeter.detection;

import ai.demeter.bulk.Bulk;
import ai.demeter.bulk.Load;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongPredicate;

/** Rows on their way into the database, a portion at a time. */
final class Portions {
    /** Characters in memory: some ten thousand rows, for which a round trip is nothing. */
    private static final int MOST = 1 << 20;

    /** Of areas that are remembered: many times what a nursery has. */
    private static final int MOST_AREAS = 10_000;

    private static final String COLUMNS = "area_id, detected_at, product, size, confidence, count";

    private final String copy;
    private final String endOfRow;
    private final Bulk bulk;
    private final LongPredicate areas;
    private final Load load;
    private final StringBuilder rows = new StringBuilder(MOST + 2 * Lines.MOST_BYTES);
    private final Map<Long, Boolean> known = new HashMap<>();

    /**
     * Nothing yet.
     *
     * @param areas whether there is one with an id
     * @param load counts what was sent, and knows whose it is
     */
    Portions(Bulk bulk, LongPredicate areas, Load load) {
        copy =
                "COPY detection (%s%s) FROM STDIN"
                        .formatted(COLUMNS, load.by() == null ? "" : ", created_by");
        endOfRow = load.by() == null ? "\n" : "\t" + Row.escaped(load.by()) + "\n";
        this.bulk = bulk;
        this.areas = areas;
        this.load = load;
    }

    /** Whether the area of a row is there; else that is noted. */
    boolean isOfArea(Row row) {
        if (known.size() == MOST_AREAS) {
            known.clear();
        }
        boolean there = known.computeIfAbsent(row.areaId(), areas::test);
        if (!there) {
            row.refuse(Field.AREA_ID, "does not exist");
        }
        return there;
    }

    void add(Row row) throws SQLException {
        row.appendTo(rows);
        rows.append(endOfRow);
        if (rows.length() >= MOST) {
            send();
        }
    }

    /** Sends what there is. */
    void send() throws SQLException {
        if (rows.length() > 0) {
            byte[] copied = rows.toString().getBytes(StandardCharsets.UTF_8);
            rows.setLength(0);
            load.stored(bulk.in(copy, copied));
        }
    }
}
