package ai.demeter.database;

import ai.demeter.connection.Reachability;
import ai.demeter.connection.Settings;
import ai.demeter.connection.Variable;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * As many turns as the pool may hold connections: who has one finds a connection without waiting
 * for it, and who has none waits here, in order, without keeping a thread.
 *
 * <p>Waiting in the container's pool instead would keep a server thread for each waiter until none
 * is left to answer {@code /health}, and a waiter there does not notice that the database is gone.
 */
@ApplicationScoped
public class Turns {
    private static final long SWEEP_MILLIS = 100;

    /** Why somebody who waited got no turn. */
    public enum Refusal {
        /** None was free for {@code DB_POOL_TIMEOUT}. */
        TIMED_OUT,
        /** The database was lost meanwhile. */
        DATABASE_LOST
    }

    private record Waiter(long deadline, Runnable onTurn, Consumer<Refusal> onRefusal) {}

    private final int all = Settings.current().poolMaximum();
    private final long patience = Settings.current().seconds(Variable.DB_POOL_TIMEOUT).toNanos();
    private final Deque<Waiter> waiting = new ArrayDeque<>();
    private int taken;

    @Resource private ManagedScheduledExecutorService executor;
    private boolean sweeping;
    private volatile boolean stopped;

    /** Takes a turn if one is free and nobody waits; it must be given back by {@link #release}. */
    public synchronized boolean tryTake() {
        if (taken == all || !waiting.isEmpty()) {
            return false;
        }
        taken++;
        return true;
    }

    /**
     * Waits for a turn: exactly one of the two is called, on another thread.
     *
     * @param onTurn has the turn, and must see to it that it is given back
     * @param onRefusal is told why there is none, within {@code DB_POOL_TIMEOUT} and a tenth of a
     *     second
     */
    public void await(Runnable onTurn, Consumer<Refusal> onRefusal) {
        synchronized (this) {
            if (!sweeping) {
                sweeping = true;
                executor.scheduleWithFixedDelay(
                        this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
            }
            waiting.add(new Waiter(System.nanoTime() + patience, onTurn, onRefusal));
            if (taken == all) {
                return;
            }
            taken++; // one was given back between the caller's attempt and now
        }
        release();
    }

    /** Gives a turn back: to the one who has waited longest, if any. */
    public void release() {
        Waiter next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                taken--;
                return;
            }
        }
        next.onTurn.run();
    }

    /** How many turns are taken. */
    public synchronized int taken() {
        return taken;
    }

    /** How many wait for a turn. */
    public synchronized int waiting() {
        return waiting.size();
    }

    @PreDestroy
    void stop() {
        stopped = true;
    }

    private void sweep() {
        if (stopped) {
            return;
        }
        boolean lost = Reachability.current().isLost();
        List<Waiter> refused = new ArrayList<>();
        long now = System.nanoTime();
        synchronized (this) {
            while (!waiting.isEmpty() && (lost || waiting.peek().deadline - now <= 0)) {
                refused.add(waiting.poll());
            }
        }
        for (Waiter waiter : refused) {
            waiter.onRefusal.accept(lost ? Refusal.DATABASE_LOST : Refusal.TIMED_OUT);
        }
    }
}
