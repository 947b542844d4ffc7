package ai.demeter.database;

import ai.demeter.events.Spans;
import ai.demeter.pool.Bulkhead;
import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import java.util.concurrent.Callable;

/**
 * Runs a {@link UnitOfWork}, within a permit of the {@link Bulkhead}; or as part of an {@link
 * EnclosingTransaction}, which has one.
 */
@UnitOfWork
@Interceptor
@Priority(Interceptor.Priority.PLATFORM_BEFORE + 100) // outside @Transactional, which has 200
public class UnitOfWorkInterceptor {
    private final Bulkhead bulkhead;
    private final Retries retries;
    private final Transaction transaction;
    private final EnclosingTransaction enclosing;

    @Inject
    UnitOfWorkInterceptor(
            Bulkhead bulkhead,
            Retries retries,
            Transaction transaction,
            EnclosingTransaction enclosing) {
        this.bulkhead = bulkhead;
        this.retries = retries;
        this.transaction = transaction;
        this.enclosing = enclosing;
    }

    @AroundInvoke
    Object run(InvocationContext call) throws Exception {
        EnclosingTransaction.Span span = enclosing.current();
        if (span != null) {
            return span.unitOfWork(call);
        }
        UnitOfWork unit = of(call);
        Callable<Object> work =
                () ->
                        unit.repeatable()
                                ? retries.run(() -> transaction.run(call, unit.limit()))
                                : transaction.run(call, unit.limit());
        return Spans.within("unit of work", 0, () -> bulkhead.call(work), Retries::kind);
    }

    /** The method's own, else that of its bean. */
    private static UnitOfWork of(InvocationContext call) {
        UnitOfWork own = call.getMethod().getAnnotation(UnitOfWork.class);
        return own != null ? own : call.getTarget().getClass().getAnnotation(UnitOfWork.class);
    }
}
