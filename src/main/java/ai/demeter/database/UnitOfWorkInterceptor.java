package ai.demeter.database;

import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import jakarta.transaction.Status;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.concurrent.ThreadLocalRandom;
import javax.naming.InitialContext;
import javax.naming.NamingException;

/** Runs a {@link UnitOfWork} in a transaction of the container, again after contention. */
@UnitOfWork
@Interceptor
@Priority(Interceptor.Priority.PLATFORM_BEFORE + 100) // outside @Transactional, which has 200
public class UnitOfWorkInterceptor {
    /** Runs in all, the first included (contract: "up to 3 times"). */
    static final int ATTEMPTS = 3;

    private static final int FIRST_PAUSE_MILLIS = 10;

    @Inject private Transaction transaction;

    @AroundInvoke
    Object run(InvocationContext call) throws Exception {
        if (isPartOfTransaction()) {
            return call.proceed();
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return transaction.run(call);
            } catch (Exception e) {
                if (attempt == ATTEMPTS || Failure.of(e).kind() != Failure.Kind.CONTENTION) {
                    throw e;
                }
                // Random, so that those who collided do not collide again.
                Thread.sleep(
                        ThreadLocalRandom.current().nextInt(FIRST_PAUSE_MILLIS << attempt) + 1L);
            }
        }
    }

    private static boolean isPartOfTransaction() throws NamingException {
        TransactionSynchronizationRegistry registry =
                InitialContext.doLookup("java:comp/TransactionSynchronizationRegistry");
        return registry.getTransactionStatus() != Status.STATUS_NO_TRANSACTION;
    }
}
