package ai.demeter.bin;

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
 * The bins in the database. What writes is a {@link UnitOfWork}; what reads is one statement, and
 * needs no transaction.
 */
@ApplicationScoped
public class Bins {
    @PersistenceContext(unitName = "demeter")
    private EntityManager entityManager;

    @Read
    public Optional<Bin> find(long id) {
        return Optional.ofNullable(entityManager.find(Bin.class, id));
    }

    /**
     * Bins of a location in the order of their ids; none if there is no such location.
     *
     * @param status only those; null for all
     * @param after only those with a greater id
     * @param most how many at most
     */
    @Read
    public List<Bin> list(long locationId, BinStatus status, long after, int most) {
        StringBuilder jpql =
                new StringBuilder(
                        "select b from Bin b where b.locationId = :location and b.id > :after");
        jpql.append(status == null ? "" : " and b.status = :status");
        TypedQuery<Bin> query =
                entityManager.createQuery(jpql.append(" order by b.id").toString(), Bin.class);
        query.setParameter("location", locationId);
        query.setParameter("after", after).setMaxResults(most);
        if (status != null) {
            query.setParameter("status", status);
        }
        return query.getResultList();
    }

    /**
     * Stores a new one. That its location exists is the database's to say: whoever looked before
     * could be too early.
     */
    @UnitOfWork
    public Bin add(long locationId, BinInput input) {
        Bin bin = input.toBin(locationId);
        entityManager.persist(bin);
        return bin;
    }

    /**
     * Changes one.
     *
     * @param change may throw to leave it as it is
     * @return the changed one, or empty if there is none with this id
     */
    @UnitOfWork
    public Optional<Bin> change(long id, Consumer<Bin> change) {
        Optional<Bin> found = find(id);
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
    public boolean remove(long id, Consumer<Bin> check) {
        Optional<Bin> found = find(id);
        found.ifPresent(check);
        found.ifPresent(entityManager::remove);
        return found.isPresent();
    }
}
