package ai.demeter.storage;

import ai.demeter.database.Freshness;
import ai.demeter.database.Read;
import ai.demeter.database.UnitOfWork;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.TypedQuery;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The areas in the database. What writes is a {@link UnitOfWork}; what reads is one statement, and
 * needs no transaction.
 */
@ApplicationScoped
public class Areas {
    @PersistenceContext(unitName = "demeter")
    private EntityManager entityManager;

    @Read
    public Optional<Area> find(long id) {
        return Optional.ofNullable(entityManager.find(Area.class, id));
    }

    /**
     * Areas of a warehouse in the order of their ids; none if there is no such warehouse.
     *
     * @param position only those there; null for all
     * @param active only those that are, or are not; null for all
     * @param after only those with a greater id
     * @param most how many at most
     * @param freshness how old they may be
     */
    @Read(stale = Freshness.OLDEST)
    public List<Area> list(
            long warehouseId,
            Position position,
            Boolean active,
            long after,
            int most,
            Freshness freshness) {
        StringBuilder jpql =
                new StringBuilder(
                        "select a from Area a where a.warehouseId = :warehouse and a.id > :after");
        jpql.append(position == null ? "" : " and a.position = :position");
        jpql.append(active == null ? "" : " and a.active = :active");
        TypedQuery<Area> query =
                entityManager.createQuery(jpql.append(" order by a.id").toString(), Area.class);
        query.setParameter("warehouse", warehouseId);
        query.setParameter("after", after).setMaxResults(most);
        if (position != null) {
            query.setParameter("position", position);
        }
        if (active != null) {
            query.setParameter("active", active);
        }
        return query.getResultList();
    }

    /**
     * Stores a new one. That its warehouse exists is the database's to say: whoever looked before
     * could be too early.
     */
    @UnitOfWork
    public Area add(long warehouseId, AreaInput input) {
        Area area = input.toArea(warehouseId);
        entityManager.persist(area);
        return area;
    }

    /**
     * Changes one.
     *
     * @param change may throw to leave it as it is
     * @return the changed one, or empty if there is none with this id
     */
    @UnitOfWork
    public Optional<Area> change(long id, Consumer<Area> change) {
        Optional<Area> found = find(id);
        found.ifPresent(change);
        return found;
    }

    /**
     * Removes one.
     *
     * @param check may throw to keep it
     * @return whether there was one
     */
    @UnitOfWork
    public boolean remove(long id, Consumer<Area> check) {
        Optional<Area> found = find(id);
        found.ifPresent(check);
        found.ifPresent(entityManager::remove);
        return found.isPresent();
    }
}
