package ai.demeter.pool;

import ai.demeter.events.TimeSpent;
import ai.demeter.pool.AcquisitionException.Reason;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * As many permits as the pool may hold connections: who has one finds a connection without waiting
 * for it, and who has none waits here, in order of arrival.
 *
 * <p>Unlike a waiter in the container's pool, one here is told at once when the database is lost,
 * and is one of a bounded number. A permit lasts as long as the work that needs a connection; never
 * while a request's body arrives or its answer leaves, or slow clients would keep the others out.
 *
 * <p>Each waiter looks after itself: no thread of an executor, which may be late, decides for it.
 */
public final class Bulkhead {
    /** How often one who waits looks at the clock, and whether the database is lost. */
    private static final long LOOK = Duration.ofMillis(100).toNanos();

    private static final class Waiter {
        private final Thread thread = Thread.currentThread();
        private boolean granted;
    }

    private final int permits;
    private final int queue;
    private final long acquisitionTimeout;
    private final BooleanSupplier lost;
    private final LongSupplier clock;
    private final Set<Waiter> waiting = new LinkedHashSet<>();
    private int inUse;

    /**
     * With all permits free.
     *
     * @param permits how many there are
     * @param queue how many may wait for one
     * @param acquisitionTimeout how long each waits
     * @param lost whether the database is lost
     * @param clock nanoseconds, as {@link System#nanoTime}
     */
    Bulkhead(
            int permits,
            int queue,
            Duration acquisitionTimeout,
            BooleanSupplier lost,
            LongSupplier clock) {
        this.permits = permits;
        this.queue = queue;
        this.acquisitionTimeout = acquisitionTimeout.toNanos();
        this.lost = lost;
        this.clock = clock;
    }

    /**
     * Does work that needs a connection, within a permit. Work inside it, on the same thread,
     * shares the permit: one that waited for a second could wait for itself.
     *
     * @throws AcquisitionException if there was no permit; the work has not begun
     * @throws InterruptedException if the thread was interrupted while it waited
     * @throws Exception what the work threw
     */
    public <T> T call(Callable<T> work) throws Exception {
        if (Loan.isUnderWay()) {
            return work.call();
        }
        long asked = clock.getAsLong();
        try {
            acquire();
        } catch (AcquisitionException e) {
            TimeSpent.waited(clock.getAsLong() - asked);
            if (e.reason() == Reason.TIMED_OUT) {
                Loan.timedOut();
            }
            throw e;
        }
        try {
            Loan.begin(clock.getAsLong() - asked);
            return work.call();
        } finally {
            Loan.end();
            release();
        }
    }

    /**
     * Takes a permit if one is free and nobody waits; it must be given back by {@link #release}.
     */
    public synchronized boolean tryAcquire() {
        if (inUse == permits) { // always so while somebody waits
            return false;
        }
        inUse++;
        return true;
    }

    /**
     * Waits for a permit, which must be given back by {@link #release}.
     *
     * @throws AcquisitionException if there is none: at once if too many wait or the database is
     *     lost; a tenth of a second after it is lost at the latest; when the acquisition timeout is
     *     over, never before
     * @throws InterruptedException if the thread is interrupted; it then has no permit
     */
    void acquire() throws InterruptedException {
        long deadline = clock.getAsLong() + acquisitionTimeout;
        Waiter self;
        synchronized (this) {
            if (tryAcquire()) {
                return;
            }
            if (waiting.size() >= queue) {
                throw new AcquisitionException(Reason.QUEUE_FULL);
            }
            self = new Waiter();
            waiting.add(self);
        }
        while (!isGranted(self, deadline)) {
            LockSupport.parkNanos(this, Math.min(LOOK, deadline - clock.getAsLong()));
        }
    }

    private synchronized boolean isGranted(Waiter self, long deadline) throws InterruptedException {
        if (Thread.interrupted()) {
            if (self.granted) {
                release();
            }
            waiting.remove(self);
            throw new InterruptedException();
        }
        if (self.granted) {
            return true;
        }
        boolean databaseLost = lost.getAsBoolean();
        if (databaseLost || clock.getAsLong() - deadline >= 0) {
            waiting.remove(self);
            throw new AcquisitionException(databaseLost ? Reason.DATABASE_LOST : Reason.TIMED_OUT);
        }
        return false;
    }

    /** Gives a permit back: to the one who has waited longest, if any. */
    public synchronized void release() {
        if (waiting.isEmpty()) {
            inUse--;
            return;
        }
        Waiter next = waiting.iterator().next();
        waiting.remove(next);
        next.granted = true;
        LockSupport.unpark(next.thread);
    }

    /** How many permits are in use. */
    public synchronized int inUse() {
        return inUse;
    }

    /** How many wait for a permit. */
    public synchronized int waiting() {
        return waiting.size();
    }
}
