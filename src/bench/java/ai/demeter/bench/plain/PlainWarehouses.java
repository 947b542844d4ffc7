package ai.demeter.bench.plain;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.List;

/** The warehouses in the database. */
@ApplicationScoped
@Transactional
public class PlainWarehouses {
    @PersistenceContext private EntityManager entityManager;

    public PlainWarehouse find(long id) {
        return entityManager.find(PlainWarehouse.class, id);
    }

    public List<PlainWarehouse> list(long after, int most) {
        return entityManager
                .createQuery(
                        "select w from PlainWarehouse w where w.id > :after order by w.id",
                        PlainWarehouse.class)
                .setParameter("after", after)
                .setMaxResults(most)
                .getResultList();
    }

    public void add(PlainWarehouse warehouse) {
        entityManager.persist(warehouse);
    }
}
