package ai.demeter.stock;

import ai.demeter.batch.PlantSize;
import ai.demeter.database.Read;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;

/** The ledger, added up by month. */
@ApplicationScoped
public class Reconciliations {
    /** A reversal counts against what it undoes, whose sign is the other one. */
    private static final String QUERY =
            """
            select b.product, b.size,
                coalesce(sum(m.quantity) filter (where m.created_at < :begins), 0),
                coalesce(sum(m.quantity) filter (where m.created_at >= :begins and (m.type = 'planting'
                    or m.type in ('transplant', 'adjustment') and (m.quantity > 0) = (m.reverses_id is null))), 0),
                coalesce(-sum(m.quantity) filter (where m.created_at >= :begins and (m.type = 'death'
                    or m.type in ('transplant', 'adjustment') and (m.quantity < 0) = (m.reverses_id is null))), 0),
                sum(m.quantity),
                count(*) filter (where m.created_at >= :begins and m.type = 'count' and m.reverses_id is null)
                    - count(*) filter (where m.created_at >= :begins and m.type = 'count' and m.reverses_id is not null),
                coalesce(-sum(m.quantity) filter (where m.created_at >= :begins and m.type = 'sale'), 0)
            from movement m join batch b on b.id = m.batch_id
            where m.created_at < :ends
            group by b.product, b.size
            order by b.product, b.size
            """;

    @PersistenceContext(unitName = "demeter")
    private EntityManager entityManager;

    /** That of a month, as far as it has passed. */
    @Read
    public Reconciliation of(YearMonth month) {
        List<Object[]> rows =
                entityManager
                        .createNativeQuery(QUERY, Object[].class)
                        .setParameter("begins", begin(month))
                        .setParameter("ends", begin(month.plusMonths(1)))
                        .getResultList();
        return new Reconciliation(
                month.toString(), rows.stream().map(Reconciliations::item).toList());
    }

    private static Instant begin(YearMonth month) {
        return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static Reconciliation.Item item(Object[] row) {
        long opening = number(row[2]);
        long in = number(row[3]);
        long out = number(row[4]);
        long counted = number(row[5]);
        return new Reconciliation.Item(
                (String) row[0],
                PlantSize.valueOf((String) row[1]),
                opening,
                in,
                out,
                counted,
                number(row[6]),
                opening + in - out - counted,
                number(row[7]));
    }

    private static long number(Object sum) {
        return ((Number) sum).longValue();
    }
}
