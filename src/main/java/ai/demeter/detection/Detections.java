package ai.demeter.detection;

import ai.demeter.bulk.Bulk;
import ai.demeter.bulk.Load;
import ai.demeter.database.UnitOfWork;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;

/** The detections in the database: loaded and read by the thousand, never one by one. */
@ApplicationScoped
public class Detections {
    /** Seconds: a load may take as long as 46 MB at the least rate. */
    private static final int LONGEST_LOAD = 3600;

    @Inject private Bulk bulk;

    @PersistenceContext(unitName = "demeter")
    private EntityManager entityManager;

    /**
     * Stores the detections of a stream, all of them or, if a line is wrong, those that are not.
     *
     * @param refused where wrong lines are noted
     * @param whole whether nothing is stored if there is one
     * @return how many are stored
     * @throws ai.demeter.http.ProblemException {@code validation}, with the first wrong lines
     * @throws Exception if the stream breaks off, or the database does; nothing is stored
     */
    @UnitOfWork(limit = LONGEST_LOAD, repeatable = false)
    public long load(InputStream body, Format format, Refused refused, boolean whole, Load load)
            throws Exception {
        Portions portions = new Portions(bulk, this::hasArea, load);
        Lines lines = new Lines(body);
        Row row = new Row(refused);
        format.begin(lines);
        while (lines.next()) {
            row.begin(lines.number());
            if (lines.fault() != null) {
                row.refuse(null, lines.fault());
            } else if (!lines.isBlank()) {
                format.read(lines, row);
                // The rest is read all the same: its client is told of all that is wrong.
                boolean wanted = !whole || refused.lines() == 0;
                if (row.isGood() && portions.isOfArea(row) && wanted) {
                    portions.add(row);
                }
            }
        }
        if (whole && refused.lines() > 0) {
            throw refused.problem();
        }
        portions.send();
        return load.rows();
    }

    /** Locked, so that none is deleted before what refers to it is stored. */
    private boolean hasArea(long id) {
        return !entityManager
                .createNativeQuery("SELECT 1 FROM area WHERE id = ? FOR KEY SHARE")
                .setParameter(1, id)
                .getResultList()
                .isEmpty();
    }

    /** Those of a time after a cursor, as many as are sent at once. */
    @UnitOfWork
    public byte[] page(Export export) throws Exception {
        // Of rows that were loaded a moment ago, and not analyzed yet, PostgreSQL would sort all
        // that follow the cursor for each page, where the primary key has them in order.
        entityManager.createNativeQuery("SET LOCAL enable_sort = off").executeUpdate();
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        bulk.out(export.copy(), page);
        return page.toByteArray();
    }

    /** Makes what is missing of the partitions for this month and the next ones. */
    @UnitOfWork
    public void makeMonths() {
        entityManager
                .createNativeQuery(
                        "SELECT detection_month((date_trunc('month', now() AT TIME ZONE 'UTC')"
                                + " + make_interval(months => ahead))::date)"
                                + " FROM generate_series(0, 3) AS ahead")
                .getResultList();
    }
}
