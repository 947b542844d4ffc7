package ai.demeter.database;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.interceptor.InvocationContext;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;

/** One transaction of the container, committed when {@link #run} returns. */
@ApplicationScoped
class Transaction {

    @PersistenceContext(unitName = "demeter")
    private EntityManager entityManager;

    /**
     * Proceeds; whatever it throws rolls back, as a checked exception means failure here too.
     *
     * <p>Flushes here rather than during the commit, where Payara loses the cause of a failure.
     */
    @Transactional(rollbackOn = Exception.class)
    public Object run(InvocationContext call) throws Exception {
        Object result = call.proceed();
        entityManager.flush();
        return result;
    }
}
