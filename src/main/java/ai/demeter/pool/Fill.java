package ai.demeter.pool;

import ai.demeter.connection.Refresh;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Keeps the container's pool at {@code DB_POOL_SIZE} open connections that are sound.
 *
 * <p>Both containers open connections on demand only, lend the one returned last first, and replace
 * none before somebody needs it. So this borrows all idle ones for a moment, alone ({@link
 * BorrowGate}), which has the pool drop the unfit ones ({@link Refresh}); and while it holds the
 * others, so that the pool has to open further ones, it starts a few borrowers, each with a permit
 * like any request. As soon as they log in, what was held goes back: nobody waits for a login but
 * who needs that very connection.
 */
final class Fill {
    private static final Logger LOG = Logger.getLogger(Fill.class.getName());

    /** Logins side by side: enough for a slow network, few for a database that just started. */
    static final int OPENERS = 5;

    /** Round trips of a pass that nothing has happened before, each with a permit. */
    static final int QUESTIONS = 2;

    private static final Duration START = Duration.ofMillis(100);

    /** Shorter than a thread can sleep in Java 17: all who borrow wait meanwhile. */
    private static final Duration LOOK = Duration.ofNanos(100_000);

    private static final long PAUSE_MILLIS = 1;
    private static final int TRIES = 50;

    /**
     * What the pool is to be.
     *
     * @param size how many connections are kept open
     * @param maximum how many it may hold
     * @param recycle how long more than {@code size} are kept after they were last needed
     */
    record Limits(int size, int maximum, Duration recycle) {
        /** How long a connection is not heard from before it is asked whether it lives. */
        long questionAfter() {
            return Math.max(Duration.ofMillis(500).toNanos(), recycle.toNanos() / 20);
        }
    }

    private final DataSource pool;
    private final PoolState state;
    private final Bulkhead bulkhead;
    private final BorrowGate gate;
    private final Limits limits;
    private final CompletionService<Void> openers;
    private final LongSupplier clock;
    private int opening;
    private int disruptionsSeen;
    private long refreshed;
    private long surplusSince;
    private int mostOpen;

    /**
     * For a pool that is empty yet.
     *
     * @param executor runs up to {@link #OPENERS} tasks at once
     * @param clock nanoseconds, as {@link System#nanoTime}
     */
    Fill(
            DataSource pool,
            PoolState state,
            Bulkhead bulkhead,
            BorrowGate gate,
            Limits limits,
            Executor executor,
            LongSupplier clock) {
        this.pool = pool;
        this.state = state;
        this.bulkhead = bulkhead;
        this.gate = gate;
        this.limits = limits;
        openers = new ExecutorCompletionService<>(executor);
        this.clock = clock;
        refreshed = clock.getAsLong();
        surplusSince = refreshed;
    }

    /**
     * Does what is due: checks the idle connections, closes those that are not needed any more, and
     * opens what is missing, as far as permits are free.
     *
     * @throws SQLException if a connection could not be opened
     */
    void check() throws SQLException, InterruptedException {
        int surplus = surplus();
        boolean disrupted = state.disruptions() != disruptionsSeen;
        boolean due = clock.getAsLong() - refreshed > limits.questionAfter();
        if (surplus > 0 || disrupted || due) {
            pass(surplus, disrupted);
        }
        long opened;
        do {
            awaitOpeners();
            opened = state.opened();
            if (missing() > 0 && opening == 0) {
                pass(0, false);
                awaitOpeners();
            }
            // Otherwise no permit was free, or others gave back what was then lent instead.
        } while (state.opened() > opened);
    }

    private int missing() {
        return limits.size - state.open();
    }

    /** How many were not needed for as long as connections are kept. */
    private int surplus() {
        int open = state.open();
        boolean needed = bulkhead.inUse() > limits.size || open > Math.max(mostOpen, limits.size);
        mostOpen = open;
        if (needed) {
            surplusSince = clock.getAsLong();
        }
        return clock.getAsLong() - surplusSince > limits.recycle.toNanos()
                ? Math.max(0, open - limits.size)
                : 0;
    }

    private void pass(int surplus, boolean disrupted) throws SQLException, InterruptedException {
        // Read before the pass, so that what it finds dead makes it run once more.
        int disruptions = state.disruptions();
        long now = clock.getAsLong();
        AtomicInteger asked = new AtomicInteger();
        BooleanSupplier permits =
                () ->
                        asked.get() < QUESTIONS
                                && bulkhead.tryAcquire()
                                && asked.incrementAndGet() > 0;
        Refresh refresh =
                disrupted
                        ? Refresh.ofAll(now, surplus)
                        : Refresh.ofSome(now - limits.questionAfter(), permits, surplus);
        Callable<Void> work =
                () -> {
                    List<Connection> held = refresh.borrowIdle(pool, limits.maximum - state.lent());
                    try {
                        startOpeners();
                    } finally {
                        giveBack(held);
                    }
                    return null;
                };
        try {
            if (alone(work) && refresh.isComplete()) {
                refreshed = now;
                disruptionsSeen = disruptions;
            }
        } finally {
            try {
                refresh.finish();
            } finally {
                giveBack(refresh.toBeAsked());
                while (asked.getAndDecrement() > 0) {
                    bulkhead.release();
                }
            }
        }
    }

    private boolean alone(Callable<Void> work) throws SQLException, InterruptedException {
        try {
            for (int tries = 0; tries < TRIES; tries++) {
                if (gate.alone(work)) {
                    return true;
                }
                Thread.sleep(PAUSE_MILLIS);
            }
            return false;
        } catch (SQLException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns once each of them is logging in, or done, so that none takes what is held. */
    private void startOpeners() throws InterruptedException {
        int before = state.opening();
        // Those whom others keep may never come back: to wait for one would hold a permit.
        int room = limits.maximum - state.lent();
        int wanted = Math.min(Math.min(missing() - before, room), OPENERS);
        AtomicInteger underWay = new AtomicInteger();
        for (int started = 0; started < wanted && bulkhead.tryAcquire(); started++) {
            underWay.incrementAndGet();
            try {
                openers.submit(() -> open(underWay));
                opening++;
            } catch (RejectedExecutionException e) { // the service stops
                bulkhead.release();
                throw e;
            }
        }
        long until = System.nanoTime() + START.toNanos();
        while (state.opening() - before < underWay.get() && System.nanoTime() - until < 0) {
            LockSupport.parkNanos(LOOK.toNanos());
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private Void open(AtomicInteger underWay) throws SQLException {
        try {
            pool.getConnection().close();
            return null;
        } finally {
            underWay.decrementAndGet();
            bulkhead.release();
        }
    }

    private void awaitOpeners() throws SQLException, InterruptedException {
        SQLException failure = null;
        for (; opening > 0; opening--) {
            try {
                openers.take().get();
            } catch (ExecutionException e) {
                failure = e.getCause() instanceof SQLException sql ? sql : new SQLException(e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static void giveBack(List<Connection> held) {
        for (Connection connection : held) {
            try {
                connection.close();
            } catch (SQLException e) {
                LOG.fine(() -> "The pool did not take a connection back: " + e.getMessage());
            }
        }
    }
}
