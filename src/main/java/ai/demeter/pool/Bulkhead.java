package ai.demeter.pool;

import ai.demeter.connection.CompositionRoot;
import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * As many turns as the pool may hold connections: who has one finds a connection without waiting
 * for it, and who has none waits here, in order.
 *
 * <p>Unlike a waiter in the container's pool, one here is told at once when the database is lost,
 * and one who probes the pool never stands in its way; who fills it does so for milliseconds, while
 * nobody else is at work. Each waits on a thread of the server, which therefore has more of them
 * than clients (see {@code server-config/}).
 */
@ApplicationScoped
public class Bulkhead {
    private static final long SWEEP_MILLIS = 100;

    /** Why somebody who waited got no turn. */
    public enum Refusal {
        /** None was free for {@code DB_POOL_TIMEOUT}. */
        TIMED_OUT,
        /** The database was lost meanwhile. */
        DATABASE_LOST
    }

    private record Waiter(long deadline, CompletableFuture<Optional<Refusal>> decision) {}

    private final int all = Settings.current().poolMaximum();
    private final long patience = Settings.current().seconds(Variable.DB_POOL_TIMEOUT).toNanos();
    private final Deque<Waiter> waiting = new ArrayDeque<>();
    private int taken;
    private boolean closed;

    @Resource private ManagedScheduledExecutorService executor;
    private ScheduledFuture<?> sweeps;

    /** Takes a turn if one is free and nobody waits; it must be given back by {@link #release}. */
    public synchronized boolean tryTake() {
        if (closed || taken == all || !waiting.isEmpty()) {
            return false;
        }
        taken++;
        return true;
    }

    /**
     * Takes all of them at once, to be given back by {@link #releaseAll}: who comes meanwhile
     * waits.
     *
     * @param atMost how long to wait for those who have one
     * @return false, with nothing taken, if they need longer, or others are waiting already
     */
    synchronized boolean takeAll(Duration atMost) throws InterruptedException {
        if (!waiting.isEmpty()) {
            return false;
        }
        closed = true;
        long until = System.nanoTime() + atMost.toNanos();
        while (taken > 0) {
            long millis = Duration.ofNanos(until - System.nanoTime()).toMillis();
            if (millis <= 0) {
                open();
                return false;
            }
            wait(millis);
        }
        taken = all;
        return true;
    }

    synchronized void releaseAll() {
        taken = 0;
        open();
    }

    private void open() {
        closed = false;
        while (taken < all && !waiting.isEmpty()) {
            taken++;
            waiting.poll().decision.complete(Optional.empty());
        }
    }

    /**
     * Waits for a turn, which must be given back by {@link #release}.
     *
     * @return why there is none, within {@code DB_POOL_TIMEOUT} and a tenth of a second; empty if
     *     the caller has the turn
     */
    public Optional<Refusal> take() {
        if (tryTake()) {
            return Optional.empty();
        }
        CompletableFuture<Optional<Refusal>> decision = new CompletableFuture<>();
        long asked = System.nanoTime();
        synchronized (this) {
            if (sweeps == null) {
                sweeps =
                        executor.scheduleWithFixedDelay(
                                this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
            }
            waiting.add(new Waiter(asked + patience, decision));
            if (!closed && taken < all) { // one was given back meanwhile
                taken++;
                waiting.poll().decision.complete(Optional.empty());
            }
        }
        Optional<Refusal> refusal = decision.join();
        if (refusal.isEmpty()) {
            BorrowTimes.waited(System.nanoTime() - asked);
        } else if (refusal.get() == Refusal.TIMED_OUT) {
            BorrowTimes.timedOut();
        }
        return refusal;
    }

    /** Gives a turn back: to the one who has waited longest, if any. */
    public void release() {
        BorrowTimes.forget();
        Waiter next;
        synchronized (this) {
            next = closed ? null : waiting.poll();
            if (next == null) {
                taken--;
                notifyAll();
                return;
            }
        }
        next.decision.complete(Optional.empty());
    }

    /** How many turns are taken. */
    public synchronized int taken() {
        return taken;
    }

    /** How many wait for a turn. */
    public synchronized int waiting() {
        return waiting.size();
    }

    /** Refuses nobody any more. */
    @PreDestroy
    public synchronized void stop() {
        if (sweeps != null) {
            sweeps.cancel(false);
        }
    }

    private void sweep() {
        boolean lost = CompositionRoot.ofProcess().heartbeat().isLost();
        List<Waiter> refused = new ArrayList<>();
        long now = System.nanoTime();
        synchronized (this) {
            while (!waiting.isEmpty() && (lost || waiting.peek().deadline - now <= 0)) {
                refused.add(waiting.poll());
            }
        }
        for (Waiter waiter : refused) {
            waiter.decision.complete(Optional.of(lost ? Refusal.DATABASE_LOST : Refusal.TIMED_OUT));
        }
    }
}
