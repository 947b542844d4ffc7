package ai.demeter.database;

import ai.demeter.connection.CompositionRoot;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Status;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;

/** Runs a piece of work again where that is certain to do no harm. */
@ApplicationScoped
class Retries {
    /** Runs in all, the first included (docs/guarantees.md: "up to 3 times"). */
    static final int MOST = 3;

    private static final int PAUSE_MILLIS = 10;

    /**
     * A connection that took this long to fail was not merely found dead: waiting on would add up.
     */
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    @Resource private TransactionSynchronizationRegistry transactions;

    /**
     * Runs the work.
     *
     * @throws Exception what the last run threw
     */
    <T> T run(Callable<T> work) throws Exception {
        if (transactions.getTransactionStatus() != Status.STATUS_NO_TRANSACTION) {
            return work.call(); // only the whole transaction may be run again
        }
        for (int attempt = 1; ; attempt++) {
            long started = System.nanoTime();
            try {
                return work.call();
            } catch (Exception e) {
                if (attempt == MOST || !mayRunAgain(e, System.nanoTime() - started)) {
                    throw e;
                }
                // Random, so that those who collided do not collide again.
                Thread.sleep(ThreadLocalRandom.current().nextInt(PAUSE_MILLIS << attempt) + 1L);
            }
        }
    }

    /**
     * Contention has rolled everything back; so has a connection that broke, unless during the
     * commit ({@link Failure.Kind#UNKNOWN_OUTCOME}, which is never run again).
     */
    private static boolean mayRunAgain(Exception failure, long nanos) {
        return switch (Failure.of(failure).kind()) {
            case CONTENTION -> true;
            case UNREACHABLE ->
                    nanos < AT_ONCE.toNanos() && !CompositionRoot.ofProcess().heartbeat().isLost();
            default -> false;
        };
    }
}
