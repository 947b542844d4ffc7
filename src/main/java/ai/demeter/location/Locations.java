package ai.demeter.location;

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
 * The locations in the database. What writes is a {@link UnitOfWork}; what reads is one statement,
 * and needs no transaction.
 */
@ApplicationScoped
public class Locations {
    @PersistenceContext(unitName = "demeter")
    private EntityManager entityManager;

    @Read
    public Optional<Location> find(long id) {
        return Optional.ofNullable(entityManager.find(Location.class, id));
    }

    /**
     * Locations in the order of their ids; none if there is no such area.
     *
     * @param areaId only those of this area; null for all
     * @param qrCode only the one whose label holds this; null for all
     * @param active only those that are, or are not; null for all
     * @param after only those with a greater id
     * @param most how many at most
     */
    @Read
    public List<Location> list(Long areaId, String qrCode, Boolean active, long after, int most) {
        StringBuilder jpql = new StringBuilder("select l from Location l where l.id > :after");
        jpql.append(areaId == null ? "" : " and l.areaId = :area");
        jpql.append(qrCode == null ? "" : " and l.qrCode = :qrCode");
        jpql.append(active == null ? "" : " and l.active = :active");
        TypedQuery<Location> query =
                entityManager.createQuery(jpql.append(" order by l.id").toString(), Location.class);
        query.setParameter("after", after).setMaxResults(most);
        if (areaId != null) {
            query.setParameter("area", areaId);
        }
        if (qrCode != null) {
            query.setParameter("qrCode", qrCode);
        }
        if (active != null) {
            query.setParameter("active", active);
        }
        return query.getResultList();
    }

    /**
     * Stores a new one. That its area exists is the database's to say: whoever looked before could
     * be too early.
     */
    @UnitOfWork
    public Location add(long areaId, LocationInput input) {
        Location location = input.toLocation(areaId);
        entityManager.persist(location);
        return location;
    }

    /**
     * Changes one.
     *
     * @param change may throw to leave it as it is
     * @return the changed one, or empty if there is none with this id
     */
    @UnitOfWork
    public Optional<Location> change(long id, Consumer<Location> change) {
        Optional<Location> found = find(id);
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
    public boolean remove(long id, Consumer<Location> check) {
        Optional<Location> found = find(id);
        found.ifPresent(check);
        found.ifPresent(entityManager::remove);
        return found.isPresent();
    }
}
