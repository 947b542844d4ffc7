package ai.demeter.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.demeter.pool.AcquisitionException.Reason;
import ai.demeter.run.MovableClock;
import ai.demeter.run.Until;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Otherwise more borrow than the pool may lend, or some wait for ever. */
@Timeout(120) // seconds: what never ends is red, too
class BulkheadTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int QUEUE = 50;

    private final MovableClock clock = new MovableClock();
    private final AtomicBoolean lost = new AtomicBoolean();

    private Bulkhead bulkhead(int permits) {
        return new Bulkhead(permits, QUEUE, TIMEOUT, lost::get, clock);
    }

    /** What became of somebody who asked for a permit. */
    private record Asker(Thread thread, CompletableFuture<Void> permit) {
        Reason refusal() {
            return catchThrowableOfType(
                            AcquisitionException.class,
                            () -> {
                                try {
                                    permit.get(20, TimeUnit.SECONDS);
                                } catch (java.util.concurrent.ExecutionException e) {
                                    throw e.getCause();
                                }
                            })
                    .reason();
        }
    }

    private static Asker ask(Bulkhead bulkhead) {
        CompletableFuture<Void> permit = new CompletableFuture<>();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                bulkhead.acquire();
                                permit.complete(null);
                            } catch (Exception e) {
                                permit.completeExceptionally(e);
                            }
                        });
        thread.setDaemon(true);
        thread.start();
        return new Asker(thread, permit);
    }

    private static Asker askAndWait(Bulkhead bulkhead) throws Exception {
        int before = bulkhead.waiting();
        Asker asker = ask(bulkhead);
        Until.holds("it waits", () -> bulkhead.waiting() > before);
        return asker;
    }

    @Test
    @DisplayName("as many permits as there are, then none; one given back is there again")
    void permits() {
        Bulkhead bulkhead = bulkhead(2);
        assertThat(bulkhead.tryAcquire()).isTrue();
        assertThat(bulkhead.tryAcquire()).isTrue();
        assertThat(bulkhead.tryAcquire()).isFalse();
        bulkhead.release();
        assertThat(bulkhead.inUse()).isEqualTo(1);
        assertThat(bulkhead.tryAcquire()).isTrue();
    }

    @Test
    @DisplayName("who waited longest comes first, and nobody who does not wait gets ahead")
    void fairness() throws Exception {
        Bulkhead bulkhead = bulkhead(1);
        bulkhead.acquire();
        List<Asker> inOrder = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            inOrder.add(askAndWait(bulkhead));
        }
        for (Asker next : inOrder) {
            assertThat(bulkhead.tryAcquire()).as("ahead of those who wait").isFalse();
            bulkhead.release();
            next.permit.get(20, TimeUnit.SECONDS);
            assertThat(inOrder.stream().filter(asker -> asker.permit.isDone()))
                    .hasSize(inOrder.indexOf(next) + 1);
        }
    }

    @Test
    @DisplayName("refused when DB_POOL_TIMEOUT is over, and not a moment before")
    void deadline() throws Exception {
        Bulkhead bulkhead = bulkhead(1);
        bulkhead.acquire();
        Asker first = askAndWait(bulkhead);
        clock.advance(Duration.ofSeconds(10));
        Asker second = askAndWait(bulkhead);
        clock.advance(TIMEOUT.minusSeconds(10).minusNanos(1));
        Thread.sleep(250); // both look at the clock meanwhile
        assertThat(bulkhead.waiting()).isEqualTo(2);
        clock.advance(Duration.ofNanos(1));
        assertThat(first.refusal()).isEqualTo(Reason.TIMED_OUT);
        assertThat(second.permit).isNotDone();
        bulkhead.release();
        second.permit.get(20, TimeUnit.SECONDS);
        assertThat(bulkhead.waiting()).isZero();
    }

    @Test
    @DisplayName(
            "the database lost: all who wait are refused, without the clock, and who comes then")
    void databaseLost() throws Exception {
        Bulkhead bulkhead = bulkhead(1);
        bulkhead.acquire();
        List<Asker> waiting = List.of(askAndWait(bulkhead), askAndWait(bulkhead));
        lost.set(true);
        for (Asker asker : waiting) {
            assertThat(asker.refusal()).isEqualTo(Reason.DATABASE_LOST);
        }
        assertThat(ask(bulkhead).refusal()).isEqualTo(Reason.DATABASE_LOST);
        assertThat(bulkhead.waiting()).isZero();
    }

    @Test
    @DisplayName("beyond the queue: refused at once; there is room again when one has left it")
    void queue() throws Exception {
        Bulkhead bulkhead = bulkhead(1);
        bulkhead.acquire();
        Asker first = askAndWait(bulkhead);
        while (bulkhead.waiting() < QUEUE) {
            askAndWait(bulkhead);
        }
        assertThat(ask(bulkhead).refusal()).isEqualTo(Reason.QUEUE_FULL);
        bulkhead.release();
        first.permit.get(20, TimeUnit.SECONDS);
        askAndWait(bulkhead);
        assertThat(bulkhead.waiting()).isEqualTo(QUEUE);
    }

    @Test
    @DisplayName("an interrupted waiter leaves the queue, and takes no permit with it")
    void interrupted() throws Exception {
        Bulkhead bulkhead = bulkhead(1);
        bulkhead.acquire();
        Asker interrupted = askAndWait(bulkhead);
        Asker next = askAndWait(bulkhead);
        interrupted.thread.interrupt();
        assertThat(catchThrowable(() -> interrupted.permit.get(20, TimeUnit.SECONDS)))
                .hasCauseInstanceOf(InterruptedException.class);
        bulkhead.release();
        next.permit.get(20, TimeUnit.SECONDS);
        bulkhead.release();
        assertThat(bulkhead.inUse()).isZero();
    }

    @Test
    @DisplayName("interrupted while a permit is handed over: it goes on to the next one")
    void interruptedWhileGranted() throws Exception {
        for (int i = 0; i < 200; i++) {
            Bulkhead bulkhead = bulkhead(1);
            bulkhead.acquire();
            Asker interrupted = askAndWait(bulkhead);
            Asker next = askAndWait(bulkhead);
            synchronized (bulkhead) { // both reach it before it looks again
                bulkhead.release();
                interrupted.thread.interrupt();
            }
            assertThat(catchThrowable(() -> interrupted.permit.get(20, TimeUnit.SECONDS)))
                    .hasCauseInstanceOf(InterruptedException.class);
            next.permit.get(20, TimeUnit.SECONDS);
            bulkhead.release();
            assertThat(bulkhead.inUse()).isZero();
        }
    }

    @Test
    @DisplayName("work inside work shares the permit: it never waits for itself")
    void nested() throws Exception {
        Bulkhead bulkhead = bulkhead(1);
        String result =
                bulkhead.call(
                        () ->
                                bulkhead.call(
                                        () -> {
                                            assertThat(bulkhead.inUse()).isEqualTo(1);
                                            return "done";
                                        }));
        assertThat(result).isEqualTo("done");
        assertThat(bulkhead.inUse()).isZero();
    }

    @Test
    @DisplayName("the permit comes back after work, after a failure and after an error, once")
    void givenBack() throws Exception {
        Bulkhead bulkhead = bulkhead(1);
        List<Throwable> failures = List.of(new IllegalStateException(), new StackOverflowError());
        for (Throwable failure : failures) {
            assertThat(
                            catchThrowable(
                                    () ->
                                            bulkhead.call(
                                                    () -> {
                                                        if (failure instanceof Error error) {
                                                            throw error;
                                                        }
                                                        throw (Exception) failure;
                                                    })))
                    .isSameAs(failure);
            assertThat(bulkhead.inUse()).isZero();
        }
        bulkhead.call(() -> null);
        assertThat(bulkhead.inUse()).isZero();
    }

    @Test
    @DisplayName("no permit is lost or given twice, in thousands of random interleavings")
    void interleavings() throws Exception {
        long seed = System.nanoTime();
        System.out.println("BulkheadTest.interleavings: seed " + seed);
        int permits = 3;
        int threads = 24;
        Bulkhead bulkhead =
                new Bulkhead(permits, 15, Duration.ofMillis(2), lost::get, System::nanoTime);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger worked = new AtomicInteger();
        List<Throwable> unexpected = new CopyOnWriteArrayList<>();
        CountDownLatch ended = new CountDownLatch(threads);
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Random random = new Random(seed + i);
            all.add(
                    new Thread(
                            () -> {
                                for (int run = 0; run < 400; run++) {
                                    try {
                                        use(bulkhead, random, inside, most, worked);
                                    } catch (AcquisitionException | InterruptedException e) {
                                        Thread.yield();
                                    } catch (Throwable e) {
                                        unexpected.add(e);
                                    }
                                }
                                ended.countDown();
                            }));
        }
        all.forEach(Thread::start);
        Random random = new Random(seed - 1);
        while (!ended.await(1, TimeUnit.MILLISECONDS)) {
            all.get(random.nextInt(threads)).interrupt();
            lost.set(random.nextInt(20) == 0);
        }
        assertThat(unexpected).as("seed " + seed).isEmpty();
        assertThat(most).as("seed " + seed).hasValue(permits);
        assertThat(worked.get()).as("seed " + seed).isGreaterThan(500);
        assertThat(bulkhead.inUse()).as("seed " + seed).isZero();
        assertThat(bulkhead.waiting()).as("seed " + seed).isZero();
    }

    private static void use(
            Bulkhead bulkhead,
            Random random,
            AtomicInteger inside,
            AtomicInteger most,
            AtomicInteger worked)
            throws Exception {
        if (random.nextInt(4) == 0) {
            if (bulkhead.tryAcquire()) {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                inside.decrementAndGet();
                bulkhead.release();
            }
            return;
        }
        bulkhead.call(
                () -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    try {
                        if (random.nextInt(3) == 0) {
                            Thread.sleep(0, random.nextInt(500_000));
                        }
                        worked.incrementAndGet();
                        return null;
                    } finally {
                        inside.decrementAndGet();
                    }
                });
    }
}
