package ai.demeter.database;

import ai.demeter.pool.Bulkhead;
import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;

/** Runs a {@link Read}, within a permit of the {@link Bulkhead}. */
@Read
@Interceptor
@Priority(Interceptor.Priority.PLATFORM_BEFORE + 100)
public class ReadInterceptor {
    private final Bulkhead bulkhead;
    private final Retries retries;

    @Inject
    ReadInterceptor(Bulkhead bulkhead, Retries retries) {
        this.bulkhead = bulkhead;
        this.retries = retries;
    }

    @AroundInvoke
    Object run(InvocationContext call) throws Exception {
        return bulkhead.call(() -> retries.run(call::proceed));
    }
}
