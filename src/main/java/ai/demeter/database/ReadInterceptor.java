package ai.demeter.database;

import ai.demeter.events.Spans;
import ai.demeter.pool.Bulkhead;
import ai.demeter.pool.ReplicaReads;
import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * Runs a {@link Read}: by the replica where that is fresh enough, else within a permit of the
 * {@link Bulkhead}.
 */
@Read
@Interceptor
@Priority(Interceptor.Priority.PLATFORM_BEFORE + 100)
public class ReadInterceptor {
    private final Bulkhead bulkhead;
    private final Retries retries;
    private final ReplicaReads replica;

    @Inject
    ReadInterceptor(Bulkhead bulkhead, Retries retries, ReplicaReads replica) {
        this.bulkhead = bulkhead;
        this.retries = retries;
        this.replica = replica;
    }

    @AroundInvoke
    Object run(InvocationContext call) throws Exception {
        Freshness freshness = freshness(call);
        Callable<Object> atPrimary = () -> bulkhead.call(() -> retries.run(call::proceed));
        return Spans.within(
                "read",
                0,
                () ->
                        replica.call(
                                freshness.mayBeOld(),
                                freshness.position(),
                                call::proceed,
                                atPrimary),
                Retries::kind);
    }

    private static Freshness freshness(InvocationContext call) {
        Read read = call.getMethod().getAnnotation(Read.class);
        if (read == null || read.stale() == 0) {
            return Freshness.NOW;
        }
        Duration limit = Duration.ofSeconds(read.stale());
        for (Object argument : call.getParameters()) {
            if (argument instanceof Freshness freshness) {
                return freshness.atMost(limit);
            }
        }
        return new Freshness(limit, null);
    }
}
