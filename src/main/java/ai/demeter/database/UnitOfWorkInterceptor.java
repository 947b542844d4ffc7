package ai.demeter.database;

import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;

/** Runs a {@link UnitOfWork}. */
@UnitOfWork
@Interceptor
@Priority(Interceptor.Priority.PLATFORM_BEFORE + 100) // outside @Transactional, which has 200
public class UnitOfWorkInterceptor {
    @Inject private Retries attempts;
    @Inject private Transaction transaction;

    @AroundInvoke
    Object run(InvocationContext call) throws Exception {
        return attempts.run(() -> transaction.run(call));
    }
}
