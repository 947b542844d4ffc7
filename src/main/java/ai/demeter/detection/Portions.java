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

    private static final String COPY =
            "COPY detection (area_id, detected_at, product, size, confidence, count) FROM STDIN";

    private final Bulk bulk;
    private final LongPredicate areas;
    private final Load load;
    private final StringBuilder rows = new StringBuilder(MOST + 2 * Lines.MOST_BYTES);
    private final Map<Long, Boolean> known = new HashMap<>();

    /**
     * Nothing yet.
     *
     * @param areas whether there is one with an id
     * @param load counts what was sent
     */
    Portions(Bulk bulk, LongPredicate areas, Load load) {
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
        if (rows.length() >= MOST) {
            send();
        }
    }

    /** Sends what there is. */
    void send() throws SQLException {
        if (rows.length() > 0) {
            byte[] copied = rows.toString().getBytes(StandardCharsets.UTF_8);
            rows.setLength(0);
            load.stored(bulk.in(COPY, copied));
        }
    }
}
