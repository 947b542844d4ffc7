package ai.demeter.database;

import ai.demeter.pool.Bulkhead;
import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;

/** Runs a {@link UnitOfWork}, within a permit of the {@link Bulkhead}. */
@UnitOfWork
@Interceptor
@Priority(Interceptor.Priority.PLATFORM_BEFORE + 100) // outside @Transactional, which has 200
public class UnitOfWorkInterceptor {
    private final Bulkhead bulkhead;
    private final Retries retries;
    private final Transaction transaction;

    @Inject
    UnitOfWorkInterceptor(Bulkhead bulkhead, Retries retries, Transaction transaction) {
        this.bulkhead = bulkhead;
        this.retries = retries;
        this.transaction = transaction;
    }

    @AroundInvoke
    Object run(InvocationContext call) throws Exception {
        return bulkhead.call(() -> retries.run(() -> transaction.run(call)));
    }
}
