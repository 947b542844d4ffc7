package ai.demeter.batch;

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
 * The batches in the database. What writes is a {@link UnitOfWork}; what reads is one statement,
 * and needs no transaction.
 */
@ApplicationScoped
public class Batches {
    @PersistenceContext(unitName = "demeter")
    private EntityManager entityManager;

    @Read
    public Optional<Batch> find(long id) {
        return Optional.ofNullable(entityManager.find(Batch.class, id));
    }

    /**
     * Batches of a bin in the order of their ids; none if there is no such bin.
     *
     * @param size only those; null for all
     * @param after only those with a greater id
     * @param most how many at most
     */
    @Read
    public List<Batch> list(long binId, PlantSize size, long after, int most) {
        StringBuilder jpql =
                new StringBuilder("select b from Batch b where b.binId = :bin and b.id > :after");
        jpql.append(size == null ? "" : " and b.size = :size");
        TypedQuery<Batch> query =
                entityManager.createQuery(jpql.append(" order by b.id").toString(), Batch.class);
        query.setParameter("bin", binId);
        query.setParameter("after", after).setMaxResults(most);
        if (size != null) {
            query.setParameter("size", size);
        }
        return query.getResultList();
    }

    /**
     * Stores a new one. That its bin exists is the database's to say: whoever looked before could
     * be too early.
     */
    @UnitOfWork
    public Batch add(long binId, BatchInput input) {
        Batch batch = input.toBatch(binId);
        entityManager.persist(batch);
        return batch;
    }

    /**
     * Removes one.
     *
     * @param check may throw to keep it
     * @return whether there was one
     */
    @UnitOfWork
    public boolean remove(long id, Consumer<Batch> check) {
        Optional<Batch> found = find(id);
        found.ifPresent(check);
        found.ifPresent(entityManager::remove);
        return found.isPresent();
    }
}
