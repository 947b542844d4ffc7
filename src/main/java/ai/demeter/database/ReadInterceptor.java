package ai.demeter.database;

import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;

/** Runs a {@link Read}. */
@Read
@Interceptor
@Priority(Interceptor.Priority.PLATFORM_BEFORE + 100)
public class ReadInterceptor {
    @Inject private Retries attempts;

    @AroundInvoke
    Object run(InvocationContext call) throws Exception {
        return attempts.run(call::proceed);
    }
}
