package ai.demeter.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.demeter.connection.LifoPool;
import ai.demeter.connection.OpenConnections.Closing;
import ai.demeter.run.MovableClock;
import ai.demeter.run.Until;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Otherwise requests pay for logins that nobody had to wait for, or for dead connections. */
@Timeout(120) // seconds: what never ends is red, too
class FillTest {
    private static final int SIZE = 20;
    private static final int MAXIMUM = 30;
    private static final Duration RECYCLE = Duration.ofHours(1);

    /** Of the connections: so much later that age does not play a part unless a test wants it. */
    private static final Duration LIFETIME = Duration.ofHours(100);

    private final MovableClock clock = new MovableClock();
    private final ExecutorService executor = Executors.newFixedThreadPool(Fill.OPENERS);
    private final ExecutorService background = Executors.newCachedThreadPool();
    private final Bulkhead bulkhead =
            new Bulkhead(MAXIMUM, 100, Duration.ofSeconds(5), () -> false, System::nanoTime);
    private final BorrowGate gate = new BorrowGate();
    private LifoPool pool;
    private Fill fill;

    @BeforeEach
    void emptyPool() throws Exception {
        pool = pool(SIZE, MAXIMUM);
        fill = fill(pool, bulkhead, SIZE, MAXIMUM);
    }

    private LifoPool pool(int size, int maximum) throws Exception {
        return new LifoPool(
                maximum,
                clock,
                "DB_POOL_RECYCLE",
                Long.toString(LIFETIME.toSeconds()),
                "DB_POOL_SIZE",
                Integer.toString(size),
                "DB_CONNECT_TIMEOUT",
                "20");
    }

    private Fill fill(LifoPool of, Bulkhead permits, int size, int maximum) {
        return new Fill(
                of.dataSource(),
                new PoolState(
                        of.open()::count,
                        of.open()::opening,
                        of.open()::opened,
                        of.open()::disruptions,
                        of::lent),
                permits,
                gate,
                new Fill.Limits(size, maximum, RECYCLE),
                executor,
                clock);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        Until.holds("all permits are back", () -> bulkhead.inUse() == 0);
        assertThat(gate.alone(() -> null)).isTrue();
        executor.shutdownNow();
        background.shutdownNow();
        pool.close();
    }

    private Void check() throws Exception {
        fill.check();
        return null;
    }

    /** Borrows and returns, as a request does. */
    private Duration request() throws Exception {
        long asked = System.nanoTime();
        bulkhead.acquire();
        try {
            gate.beside(pool.dataSource()::getConnection).close();
        } finally {
            bulkhead.release();
        }
        return Duration.ofNanos(System.nanoTime() - asked);
    }

    private List<Connection> borrow(int count) throws SQLException {
        List<Connection> held = new ArrayList<>();
        while (held.size() < count) {
            held.add(pool.dataSource().getConnection());
        }
        return held;
    }

    private static void giveBack(List<Connection> held) throws SQLException {
        for (Connection connection : held) {
            connection.close();
        }
    }

    // Would break: the first requests after a start each pay for a login, or the database for more
    // connections than it was to hold.
    @Test
    @DisplayName("opens what is missing and no more, and keeps nothing for itself")
    void opensWhatIsMissing() throws Exception {
        fill.check();
        assertThat(pool.open().count()).isEqualTo(SIZE);
        fill.check();
        assertThat(pool.open().opened()).isEqualTo(SIZE);
        assertThat(pool.lent()).isZero();
        assertThat(bulkhead.inUse()).isZero();
    }

    // Would break: with slow logins a pool is full again only after a login for each connection.
    @Test
    @DisplayName("logs in side by side, by a few at a time")
    void sideBySide() throws Exception {
        pool.loginTakes(Duration.ofMillis(300));
        AtomicInteger most = new AtomicInteger();
        AtomicBoolean done = new AtomicBoolean();
        Thread watch =
                new Thread(
                        () -> {
                            while (!done.get()) {
                                most.accumulateAndGet(pool.open().opening(), Math::max);
                            }
                        });
        watch.start();
        long started = System.nanoTime();
        fill.check();
        Duration took = Duration.ofNanos(System.nanoTime() - started);
        done.set(true);
        watch.join();
        assertThat(pool.open().count()).isEqualTo(SIZE);
        assertThat(took).isLessThan(Duration.ofMillis(300 * SIZE / 2));
        assertThat(most).hasValue(Fill.OPENERS);
    }

    // Would break: with a login of a second, requests wait for the fill, or open what they do not
    // need.
    @Test
    @DisplayName("while it logs in, requests are lent the idle connections at once")
    void keepsNoIdleOneFromRequests() throws Exception {
        fill.check();
        pool.cut(8);
        while (pool.open().disruptions() == 0) {
            giveBack(borrow(SIZE - 8)); // until a dead one is found
            pool.cut(1);
        }
        pool.loginTakes(Duration.ofSeconds(2));
        Future<?> filling = background.submit(this::check);
        Until.holds("it logs in", () -> pool.open().opening() > 0 && pool.lent() <= Fill.OPENERS);
        for (int i = 0; i < 20; i++) {
            assertThat(request()).isLessThan(Duration.ofSeconds(1));
        }
        assertThat(pool.open().opening()).as("logins").isLessThanOrEqualTo(Fill.OPENERS);
        pool.loginTakes(Duration.ZERO);
        filling.get(30, TimeUnit.SECONDS);
        assertThat(pool.open().count()).isEqualTo(SIZE);
    }

    // Would break: what died while nobody used it is lent, one dead connection after the other.
    @Test
    @DisplayName("after one was found dead, all idle ones are checked, and the dead ones replaced")
    void checksAllAfterADisruption() throws Exception {
        fill.check();
        clock.advance(Duration.ofSeconds(1)); // none is lent on trust any more
        pool.cut(SIZE / 2);
        List<Connection> held = new ArrayList<>();
        while (pool.open().disruptions() == 0) {
            held.addAll(borrow(1)); // until one dead one is found, below which others lie
        }
        giveBack(held);
        clock.advance(Duration.ofSeconds(1));
        long before = pool.questions();
        fill.check();
        assertThat(pool.questions() - before).as("live ones asked").isEqualTo(SIZE / 2);
        int found = pool.open().disruptions();
        giveBack(borrow(SIZE));
        assertThat(pool.open().disruptions()).as("found dead by borrowers").isEqualTo(found);
        assertThat(pool.open().count()).isEqualTo(SIZE);
    }

    // Would break: somebody borrows at that moment, so dead connections are never looked for again.
    @Test
    @DisplayName("a check that could not be made alone is made up for")
    void countsOnlyWhatWasDoneAlone() throws Exception {
        fill.check();
        pool.cut();
        int before = pool.open().disruptions();
        pool.dataSource().getConnection().close(); // finds them dead
        assertThat(pool.open().disruptions()).isGreaterThan(before);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Future<?> borrowing =
                background.submit(
                        () ->
                                gate.beside(
                                        () -> {
                                            begun.countDown();
                                            end.await();
                                            return null;
                                        }));
        begun.await();
        fill.check();
        assertThat(pool.open().count()).as("opened beside a borrower").isEqualTo(1);
        end.countDown();
        borrowing.get(20, TimeUnit.SECONDS);
        fill.check();
        assertThat(pool.open().count()).isEqualTo(SIZE);
    }

    // Would break: firewalls drop what is idle for long, and nobody notices; or a check of all
    // keeps requests waiting for as many round trips.
    @Test
    @DisplayName("idle connections are asked now and then, a few at a time, all in the end")
    void asksAFewAtATime() throws Exception {
        fill.check();
        assertThat(pool.questions()).isZero();
        clock.advance(RECYCLE.dividedBy(20).plusMillis(1));
        for (int asked = Fill.QUESTIONS; asked <= SIZE; asked += Fill.QUESTIONS) {
            fill.check();
            assertThat(pool.questions()).isEqualTo(asked);
        }
        fill.check();
        fill.check();
        assertThat(pool.questions()).isEqualTo(SIZE);
        assertThat(pool.open().opened()).isEqualTo(SIZE);
    }

    // Would break: each refresh keeps all who borrow waiting for its round trips, or those with a
    // permit for the connections that it holds.
    @Test
    @DisplayName("while idle connections are asked, nobody waits, and each has a permit")
    void keepsNobodyWaitingForAnswers() throws Exception {
        fill.check();
        clock.advance(RECYCLE.dividedBy(20).plusMillis(1));
        pool.silent(true);
        Future<?> filling = background.submit(this::check);
        Until.holds("it asks", () -> pool.lent() == Fill.QUESTIONS);
        Future<?> borrowing = background.submit(() -> gate.beside(() -> "lent"));
        assertThat(borrowing.get(1, TimeUnit.SECONDS)).isEqualTo("lent");
        assertThat(bulkhead.inUse()).isEqualTo(Fill.QUESTIONS);
        pool.silent(false);
        filling.get(20, TimeUnit.SECONDS);
        assertThat(pool.questions()).isEqualTo(Fill.QUESTIONS);
        assertThat(pool.open().opened()).isEqualTo(SIZE);
    }

    // Would break: who asks takes the permit of who opens, and a small pool stays empty.
    @Test
    @DisplayName("a pool of one connection is filled, and asked, too")
    void poolOfOne() throws Exception {
        Bulkhead permit = new Bulkhead(1, 1, Duration.ofSeconds(5), () -> false, System::nanoTime);
        try (LifoPool small = pool(1, 1)) {
            Fill ofSmall = fill(small, permit, 1, 1);
            ofSmall.check();
            assertThat(small.open().count()).isOne();
            clock.advance(RECYCLE.dividedBy(20).plusMillis(1));
            ofSmall.check();
            assertThat(small.questions()).isOne();
            assertThat(permit.inUse()).isZero();
        }
    }

    // Would break: what does not live is found, and lent all the same.
    @Test
    @DisplayName("idle connections that are asked and do not live are replaced")
    void replacesWhatDoesNotAnswer() throws Exception {
        fill.check();
        clock.advance(RECYCLE.dividedBy(20).plusMillis(1));
        pool.endsWhoIsAsked();
        fill.check();
        long found = pool.open().closed(Closing.INVALID);
        assertThat(found).isGreaterThanOrEqualTo(Fill.QUESTIONS);
        assertThat(pool.open().count()).isEqualTo(SIZE);
        assertThat(pool.open().opened()).isEqualTo(SIZE + found);
    }

    // Would break: connections that grew old are replaced by requests, or all at once.
    @Test
    @DisplayName("old connections are replaced ahead of demand, a few at a time")
    void replacesTheOld() throws Exception {
        fill.check();
        clock.advance(LIFETIME.multipliedBy(95).dividedBy(100));
        fill.check();
        assertThat(pool.open().closed(Closing.TOO_OLD)).isEqualTo(SIZE / 8);
        assertThat(pool.open().count()).isEqualTo(SIZE);
        for (int i = 0; i < SIZE; i++) {
            clock.advance(RECYCLE.dividedBy(20).plusMillis(1));
            fill.check();
        }
        assertThat(pool.open().closed(Closing.TOO_OLD)).isEqualTo(SIZE);
        assertThat(pool.open().count()).isEqualTo(SIZE);
    }

    // Would break: a burst leaves the database with more connections than it was to hold, for ever.
    @Test
    @DisplayName("what was opened beyond DB_POOL_SIZE goes DB_POOL_RECYCLE after it was needed")
    void shrinks() throws Exception {
        fill.check();
        clock.advance(RECYCLE.multipliedBy(2)); // not needed for long, until now
        giveBack(borrow(MAXIMUM));
        fill.check();
        assertThat(pool.open().count()).isEqualTo(MAXIMUM);
        clock.advance(RECYCLE);
        fill.check();
        assertThat(pool.open().count()).isEqualTo(MAXIMUM);
        clock.advance(Duration.ofMillis(1));
        fill.check();
        assertThat(pool.open().count()).isEqualTo(SIZE);
        assertThat(pool.open().closed(Closing.SURPLUS)).isEqualTo(MAXIMUM - SIZE);
        fill.check();
        assertThat(pool.open().opened()).isEqualTo(MAXIMUM);
    }

    // Would break: a load that needs 30 now and then pays for their logins each time.
    @Test
    @DisplayName("while more than DB_POOL_SIZE are in use now and then, none of them goes")
    void doesNotShrinkWhileNeeded() throws Exception {
        giveBack(borrow(MAXIMUM));
        fill.check();
        for (int i = 0; i < 4; i++) {
            clock.advance(RECYCLE.dividedBy(2));
            for (int permits = 0; permits <= SIZE; permits++) {
                bulkhead.acquire();
            }
            fill.check();
            for (int permits = 0; permits <= SIZE; permits++) {
                bulkhead.release();
            }
            clock.advance(RECYCLE.dividedBy(2));
            fill.check();
        }
        assertThat(pool.open().count()).isEqualTo(MAXIMUM);
    }

    // Would break: a component that keeps connections for itself stops the fill, and whoever needs
    // the permits that it holds.
    @Test
    @DisplayName("never waits for connections that others keep")
    void waitsForNobody() throws Exception {
        List<Connection> kept = borrow(MAXIMUM - 5);
        pool.cut();
        for (Connection connection : kept) {
            assertThat(catchThrowable(() -> connection.createStatement().execute("SELECT 1")))
                    .isInstanceOf(SQLException.class);
        }
        fill.check();
        assertThat(pool.open().count()).isEqualTo(5);
        assertThat(pool.waited()).isZero();
        giveBack(kept);
    }

    // Would break: requests wait behind the fill, which could as well come later.
    @Test
    @DisplayName("takes no permit from those who wait, and waits for none")
    void leavesPermitsToRequests() throws Exception {
        for (int i = 0; i < MAXIMUM; i++) {
            bulkhead.acquire();
        }
        fill.check();
        assertThat(pool.open().opened()).isZero();
        for (int i = 0; i < MAXIMUM; i++) {
            bulkhead.release();
        }
        fill.check();
        assertThat(pool.open().count()).isEqualTo(SIZE);
    }

    // Would break: the reason why a service does not become ready is not known; or permits leak.
    @Test
    @DisplayName("a login that fails is reported, and the next check opens what is missing")
    void failure() throws Exception {
        pool.refuses("28P01");
        assertThatThrownBy(fill::check)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
        assertThat(bulkhead.inUse()).isZero();
        pool.refuses(null);
        fill.check();
        assertThat(pool.open().count()).isEqualTo(SIZE);
    }

    // Would break: a service that stops, or an undeployment, leaves permits or the gate taken.
    @Test
    @DisplayName("interrupted, it leaves nothing taken, and the next check goes on")
    void interrupted() throws Exception {
        pool.loginTakes(Duration.ofSeconds(1));
        Thread checking = new Thread(() -> catchThrowable(this::check));
        checking.start();
        Until.holds("it logs in", () -> pool.open().opening() > 0);
        checking.interrupt();
        checking.join();
        pool.loginTakes(Duration.ZERO);
        request();
        Until.holds("the logins under way have ended", () -> pool.open().opening() == 0);
        fill.check();
        assertThat(pool.open().count()).isEqualTo(SIZE);
    }
}
