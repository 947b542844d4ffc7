package ai.demeter.incontainer;

import ai.demeter.database.Read;
import ai.demeter.database.UnitOfWork;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;

/** A business component for the tests: does with the database what they say. */
@ApplicationScoped
public class Probe {
    @PersistenceContext(unitName = "demeter")
    private EntityManager entityManager;

    /** What to do. */
    @FunctionalInterface
    public interface Work<T> {
        T with(EntityManager entityManager) throws Exception;
    }

    /** In a unit of work. */
    @UnitOfWork
    public <T> T write(Work<T> work) throws Exception {
        return work.with(entityManager);
    }

    /** Outside any transaction, unless the caller has one. */
    @Read
    public <T> T read(Work<T> work) throws Exception {
        return work.with(entityManager);
    }
}
