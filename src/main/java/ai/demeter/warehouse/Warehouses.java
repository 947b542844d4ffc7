package ai.demeter.warehouse;

import ai.demeter.database.Freshness;
import ai.demeter.database.Read;
import ai.demeter.database.UnitOfWork;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.TypedQuery;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The warehouses in the database. What writes is a {@link UnitOfWork}; what reads is one statement,
 * and needs no transaction.
 */
@ApplicationScoped
public class Warehouses {
    /** Rows that Hibernate keeps in memory while it stores many. */
    private static final int FLUSH_EVERY = 500;

    @PersistenceContext(unitName = "demeter")
    private EntityManager entityManager;

    @Read
    public Optional<Warehouse> find(long id) {
        return Optional.ofNullable(entityManager.find(Warehouse.class, id));
    }

    /**
     * Warehouses in the order of their ids.
     *
     * @param type only those of this type; null for all
     * @param active only those that are, or are not; null for all
     * @param after only those with a greater id
     * @param most how many at most
     * @param freshness how old they may be
     */
    @Read(stale = Freshness.OLDEST)
    public List<Warehouse> list(
            WarehouseType type, Boolean active, long after, int most, Freshness freshness) {
        StringBuilder jpql = new StringBuilder("select w from Warehouse w where w.id > :after");
        jpql.append(type == null ? "" : " and w.type = :type");
        jpql.append(active == null ? "" : " and w.active = :active");
        TypedQuery<Warehouse> query =
                entityManager.createQuery(
                        jpql.append(" order by w.id").toString(), Warehouse.class);
        query.setParameter("after", after).setMaxResults(most);
        if (type != null) {
            query.setParameter("type", type);
        }
        if (active != null) {
            query.setParameter("active", active);
        }
        return query.getResultList();
    }

    /**
     * Those of the codes that exist. By one array, not by {@code in}: that would be another
     * statement for each number of codes, of up to 200 KB, and kept by each connection.
     */
    @Read
    @SuppressWarnings("unchecked") // a native query of one column
    public Set<String> existing(Collection<String> codes) {
        List<String> found =
                entityManager
                        .createNativeQuery(
                                "select code from warehouse where code = any(:codes)", String.class)
                        .setParameter("codes", codes.toArray(String[]::new))
                        .getResultList();
        return Set.copyOf(found);
    }

    /** Stores a new one. */
    @UnitOfWork
    public Warehouse add(WarehouseInput input) {
        Warehouse warehouse = input.toWarehouse();
        entityManager.persist(warehouse);
        return warehouse;
    }

    /** Stores new ones, all or none. */
    @UnitOfWork
    public void addAll(List<WarehouseInput> inputs) {
        int stored = 0;
        for (WarehouseInput input : inputs) {
            entityManager.persist(input.toWarehouse());
            if (++stored % FLUSH_EVERY == 0) {
                entityManager.flush();
                entityManager.clear();
            }
        }
    }

    /**
     * Changes one.
     *
     * @param change may throw to leave it as it is
     * @return the changed one, or empty if there is none with this id
     */
    @UnitOfWork
    public Optional<Warehouse> change(long id, Consumer<Warehouse> change) {
        Optional<Warehouse> found = find(id);
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
    public boolean remove(long id, Consumer<Warehouse> check) {
        Optional<Warehouse> found = find(id);
        found.ifPresent(check);
        found.ifPresent(entityManager::remove);
        return found.isPresent();
    }
}
