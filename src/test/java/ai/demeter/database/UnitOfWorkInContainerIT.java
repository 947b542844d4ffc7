package ai.demeter.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.demeter.incontainer.Archive;
import ai.demeter.incontainer.Outside;
import ai.demeter.incontainer.Probe;
import ai.demeter.incontainer.RoundTrips;
import ai.demeter.pool.PoolFiller;
import ai.demeter.pool.PoolStatistics;
import ai.demeter.run.Until;
import ai.demeter.schema.Schema;
import ai.demeter.warehouse.Warehouse;
import ai.demeter.warehouse.WarehouseType;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.UserTransaction;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.hibernate.Session;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What {@link UnitOfWork} promises, kept by the transaction manager of each server. */
@Tag("in-container")
@ExtendWith(ArquillianExtension.class)
class UnitOfWorkInContainerIT {

    @Inject private Probe probe;
    @Inject private Schema schema;
    @Resource private ManagedExecutorService executor;
    @Resource private UserTransaction transaction;

    @Deployment
    static WebArchive archive() throws Exception {
        return Archive.with(UnitOfWorkInContainerIT.class);
    }

    @BeforeEach
    void emptyTable() throws Exception {
        Until.holds("the schema is current", () -> schema.state() == Schema.State.CURRENT);
        Outside.execute(
                "DROP TRIGGER IF EXISTS at_commit ON warehouse",
                "TRUNCATE TABLE warehouse CASCADE");
        awaitNoneLent();
    }

    // Would break: what the test before this one did, or any request that fails so, costs the pool
    // a connection for good.
    private static void awaitNoneLent() throws Exception {
        PoolStatistics figures = PoolStatistics.ofThisServer();
        assertThat(Until.holds("no connection is lent", () -> figures.active() == 0))
                .isLessThan(Duration.ofSeconds(5));
    }

    private static Warehouse warehouse(String code) {
        return new Warehouse(code, "Greenhouse " + code, WarehouseType.TUNNEL, true);
    }

    private static Probe.Work<Warehouse> storing(String code) {
        return entityManager -> {
            Warehouse warehouse = warehouse(code);
            entityManager.persist(warehouse);
            return warehouse;
        };
    }

    /** Fails with an SQLState, as the database would. */
    private static void fail(EntityManager entityManager, String sqlState) {
        entityManager
                .createNativeQuery(
                        "DO $$ BEGIN RAISE 'on purpose' USING ERRCODE = '" + sqlState + "'; END $$")
                .executeUpdate();
    }

    private static void failAtCommit(String sqlState) throws SQLException {
        Outside.execute(
                "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
                        + " BEGIN RAISE 'at commit' USING ERRCODE = '"
                        + sqlState
                        + "'; END $$",
                "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON warehouse"
                        + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()");
    }

    private static Failure.Kind kindOf(Throwable thrown) {
        assertThat(thrown).as("a failure").isNotNull();
        return Failure.of(thrown).kind();
    }

    // Would break: everything; or entities are handled by another Hibernate on each server.
    @Test
    void persistenceContextIsThatOfTheHibernateInTheWar() throws Exception {
        ClassLoader hibernate =
                probe.read(
                        entityManager ->
                                entityManager
                                        .unwrap(Session.class)
                                        .getSessionFactory()
                                        .getClass()
                                        .getClassLoader());
        assertThat(hibernate).isSameAs(Warehouse.class.getClassLoader());
    }

    // Would break: an answer of 201 for something that others do not see yet, or never.
    @Test
    void isStoredWhenTheCallReturns() throws Exception {
        probe.write(storing("GH-1"));
        assertThat(Outside.codes()).containsExactly("GH-1");
    }

    // Would break: writing the answer from the entity after the commit.
    @Test
    void entityIsReadableAfterCommit() throws Exception {
        Warehouse stored = probe.write(storing("GH-1"));
        assertThat(stored.id()).isPositive();
        Warehouse read =
                probe.read(entityManager -> entityManager.find(Warehouse.class, stored.id()));
        assertThat(read).isNotSameAs(stored).usingRecursiveComparison().isEqualTo(stored);
        assertThat(probe.<Boolean>read(entityManager -> entityManager.contains(stored))).isFalse();
    }

    // Would break: half a business operation is stored when its code fails.
    @Test
    void runtimeExceptionRollsBack() throws Exception {
        rollsBack(new IllegalStateException("on purpose"));
    }

    // Would break: as above, because Jakarta Transactions commits on these by default.
    @Test
    void checkedExceptionRollsBack() throws Exception {
        rollsBack(new IOException("on purpose"));
    }

    // Would break: as above.
    @Test
    void errorRollsBack() throws Exception {
        rollsBack(new StackOverflowError("on purpose"));
    }

    private void rollsBack(Throwable failure) throws Exception {
        Throwable thrown =
                catchThrowable(
                        () ->
                                probe.write(
                                        entityManager -> {
                                            storing("GH-1").with(entityManager);
                                            entityManager.flush();
                                            if (failure instanceof Error error) {
                                                throw error;
                                            }
                                            throw (Exception) failure;
                                        }));
        assertThat(thrown).isSameAs(failure);
        assertThat(Outside.codes()).isEmpty();
        assertThatConnectionsAreClean();
    }

    // Would break: a batch would leave what came before the duplicate.
    @Test
    void nothingIsHalfStored() throws Exception {
        probe.write(storing("GH-1"));
        AtomicInteger runs = new AtomicInteger();
        Throwable thrown =
                catchThrowable(
                        () ->
                                probe.write(
                                        entityManager -> {
                                            runs.incrementAndGet();
                                            storing("GH-2").with(entityManager);
                                            return storing("GH-1").with(entityManager);
                                        }));
        Failure failure = Failure.of(thrown);
        assertThat(kindOf(thrown)).isEqualTo(Failure.Kind.DUPLICATE);
        assertThat(failure.constraint()).isEqualTo("warehouse_code_key");
        assertThat(failure.field()).isEqualTo("code");
        assertThat(runs).as("runs of what cannot succeed").hasValue(1);
        assertThat(Outside.codes()).containsExactly("GH-1");
        assertThatConnectionsAreClean();
    }

    // Would break: the next request works in the transaction of the last, or waits for its locks.
    private static void assertThatConnectionsAreClean() throws SQLException {
        assertThat(
                        Outside.query(
                                "SELECT query FROM pg_stat_activity WHERE application_name = 'demeter'"
                                        // Those that are opened meanwhile are active.
                                        + " AND state LIKE 'idle in transaction%'"))
                .as("connections in a transaction")
                .isEmpty();
        assertThat(
                        Outside.query(
                                "SELECT mode FROM pg_locks WHERE relation = 'warehouse'::regclass"))
                .as("locks left behind")
                .isEmpty();
        try (Connection connection = PoolFiller.dataSource().getConnection()) {
            assertThat(connection.getAutoCommit()).isTrue();
        }
    }

    // Would break: a unit of work that uses another is no longer all or nothing.
    @Test
    void nestedOneJoinsTheTransaction() throws Exception {
        assertThatThrownBy(
                        () ->
                                probe.write(
                                        outer -> {
                                            storing("GH-1").with(outer);
                                            probe.write(storing("GH-2"));
                                            outer.flush();
                                            assertThat(Outside.codes()).isEmpty();
                                            throw new IllegalStateException("on purpose");
                                        }))
                .hasMessage("on purpose");
        assertThat(Outside.codes()).isEmpty();
    }

    // Would break: half of what a nested one does is committed by a caller that goes on.
    @Test
    void nestedOneThatFailsIsRolledBackEvenIfItsCallerGoesOn() throws Exception {
        Throwable thrown =
                catchThrowable(
                        () ->
                                probe.write(
                                        outer -> {
                                            catchThrowable(
                                                    () ->
                                                            probe.write(
                                                                    inner -> {
                                                                        storing("GH-1").with(inner);
                                                                        throw new IOException();
                                                                    }));
                                            return storing("GH-2").with(outer);
                                        }));
        assertThat(thrown).as("what the caller is told").isNotNull();
        assertThat(Outside.codes()).isEmpty();
    }

    // Would break: clients get 503 for what would succeed a moment later.
    @Test
    void deadlockIsRunAgain() throws Exception {
        long a = probe.write(storing("GH-A")).id();
        long b = probe.write(storing("GH-B")).id();
        AtomicInteger runs = new AtomicInteger();
        CyclicBarrier bothHoldOne = new CyclicBarrier(2);
        Future<?> first = executor.submit(() -> renameBoth(a, b, runs, bothHoldOne));
        Future<?> second = executor.submit(() -> renameBoth(b, a, runs, bothHoldOne));
        first.get(30, TimeUnit.SECONDS);
        second.get(30, TimeUnit.SECONDS);
        assertThat(runs.get()).isBetween(3, 2 * Retries.MOST);
        assertThat(Outside.query("SELECT version FROM warehouse")).containsExactly("2", "2");
        assertThatConnectionsAreClean();
    }

    private Void renameBoth(long first, long second, AtomicInteger runs, CyclicBarrier bothHoldOne)
            throws Exception {
        AtomicInteger own = new AtomicInteger();
        return probe.write(
                entityManager -> {
                    runs.incrementAndGet();
                    rename(entityManager, first);
                    if (own.getAndIncrement() == 0) {
                        bothHoldOne.await(10, TimeUnit.SECONDS);
                    }
                    rename(entityManager, second);
                    return null;
                });
    }

    private static void rename(EntityManager entityManager, long id) {
        entityManager
                .find(Warehouse.class, id)
                .replace("GH-" + id, "renamed", WarehouseType.GREENHOUSE, true);
        entityManager.flush();
    }

    // Would break: as above, for transactions that ask for more isolation.
    @Test
    void serializationFailureIsRunAgain() throws Exception {
        long id = probe.write(storing("GH-1")).id();
        AtomicInteger runs = new AtomicInteger();
        probe.write(
                entityManager -> {
                    entityManager
                            .createNativeQuery("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
                            .executeUpdate();
                    Warehouse found = entityManager.find(Warehouse.class, id);
                    if (runs.incrementAndGet() == 1) {
                        Outside.execute("UPDATE warehouse SET active = false");
                    }
                    found.replace("GH-2", found.name(), found.type(), found.isActive());
                    return null;
                });
        assertThat(runs).hasValue(2);
        assertThat(Outside.query("SELECT code || active FROM warehouse"))
                .containsExactly("GH-2false");
    }

    // Would break: a request under lasting contention never ends.
    @Test
    void contentionIsGivenUpAfterThreeRuns() {
        AtomicInteger runs = new AtomicInteger();
        Throwable thrown =
                catchThrowable(
                        () ->
                                probe.write(
                                        entityManager -> {
                                            runs.incrementAndGet();
                                            fail(entityManager, "40001");
                                            return null;
                                        }));
        assertThat(kindOf(thrown)).isEqualTo(Failure.Kind.CONTENTION);
        assertThat(runs).hasValue(Retries.MOST);
    }

    // Would break: half of the caller's transaction, the half already rolled back, goes missing.
    @Test
    void contentionInsideATransactionIsLeftToItsOwner() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        transaction.begin();
        try {
            Throwable thrown =
                    catchThrowable(
                            () ->
                                    probe.write(
                                            entityManager -> {
                                                runs.incrementAndGet();
                                                fail(entityManager, "40001");
                                                return null;
                                            }));
            assertThat(kindOf(thrown)).isEqualTo(Failure.Kind.CONTENTION);
        } finally {
            transaction.rollback();
        }
        assertThat(runs).hasValue(1);
    }

    // Would break: 201 for what the database refused at the very end, or a connection left unclean.
    @Test
    void refusedCommitIsAFailureWithItsCause() throws Exception {
        failAtCommit("23514");
        Throwable thrown = catchThrowable(() -> probe.write(storing("GH-1")));
        assertThat(kindOf(thrown)).isEqualTo(Failure.Kind.INVALID);
        assertThat(Outside.codes()).isEmpty();
        assertThatConnectionsAreClean();
    }

    // Would break: SERIALIZABLE ones, whose conflicts often show at the commit, are not run again.
    @Test
    void contentionAtCommitIsRunAgain() throws Exception {
        failAtCommit("40001");
        AtomicInteger runs = new AtomicInteger();
        probe.write(
                entityManager -> {
                    if (runs.incrementAndGet() == 2) {
                        Outside.execute("DROP TRIGGER at_commit ON warehouse");
                    }
                    return storing("GH-1").with(entityManager);
                });
        assertThat(runs).hasValue(2);
        assertThat(Outside.codes()).containsExactly("GH-1");
    }

    // Would break: 201 for something that is lost, or a second try of something that is stored.
    @Test
    void connectionLostAtTheCommitIsAFailureOfUnknownOutcome() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Throwable thrown =
                catchThrowable(
                        () ->
                                probe.write(
                                        entityManager -> {
                                            runs.incrementAndGet();
                                            storing("GH-1").with(entityManager);
                                            entityManager.flush();
                                            Outside.terminate("state = 'idle in transaction'");
                                            return null;
                                        }));
        assertThat(kindOf(thrown)).isEqualTo(Failure.Kind.UNKNOWN_OUTCOME);
        assertThat(runs).hasValue(1);
        assertThat(Outside.codes()).isEmpty();
        assertThatConnectionsAreClean();
    }

    // Would break: a request fails because a connection was killed under it, or stores twice.
    @Test
    void connectionLostBeforeTheCommitIsRunAgain() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        probe.write(
                entityManager -> {
                    storing("GH-1").with(entityManager);
                    entityManager.flush();
                    if (runs.incrementAndGet() == 1) {
                        Outside.terminate("state = 'idle in transaction'");
                    }
                    return storing("GH-2").with(entityManager);
                });
        assertThat(runs).hasValue(2);
        assertThat(Outside.codes()).containsExactly("GH-1", "GH-2");
        assertThatConnectionsAreClean();
    }

    // Would break: a request may take for ever, or is answered 500 instead of 503 "timeout".
    @Test
    void statementThatTakesTooLongIsATimeout() throws Exception {
        assertThat(kindOf(catchThrowable(() -> probe.write(sleeping(30)))))
                .isEqualTo(Failure.Kind.TIMEOUT);
        assertThat(kindOf(catchThrowable(() -> probe.read(sleeping(30)))))
                .isEqualTo(Failure.Kind.TIMEOUT);
        assertThatConnectionsAreClean();
    }

    private static Probe.Work<Object> sleeping(int seconds) {
        return entityManager ->
                entityManager
                        .createNativeQuery("SELECT 1 FROM pg_sleep(" + seconds + ")")
                        .getSingleResult();
    }

    // Would break: as above.
    @Test
    void waitingTooLongForALockIsATimeout() throws Exception {
        long id = probe.write(storing("GH-1")).id();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        try (Connection other = Outside.connection()) {
            other.setAutoCommit(false);
            other.createStatement().execute("SELECT FROM warehouse FOR UPDATE");
            thrown.set(
                    catchThrowable(
                            () ->
                                    probe.write(
                                            entityManager -> {
                                                rename(entityManager, id);
                                                return null;
                                            })));
        }
        assertThat(kindOf(thrown.get())).isEqualTo(Failure.Kind.TIMEOUT);
    }

    // Would break: a unit of work of many short statements may take for ever, or is answered 500.
    @Test
    void transactionThatTakesTooLongIsATimeout() throws Exception {
        Throwable thrown =
                catchThrowable(
                        () ->
                                probe.write(
                                        entityManager -> {
                                            storing("GH-1").with(entityManager);
                                            entityManager.flush();
                                            for (int i = 0; i < 4; i++) {
                                                sleeping(2).with(entityManager);
                                            }
                                            return null;
                                        }));
        assertThat(kindOf(thrown)).isEqualTo(Failure.Kind.TIMEOUT);
        assertThat(Outside.codes()).isEmpty();
        assertThatConnectionsAreClean();
    }

    // Would break: as above, where the time passes outside the database.
    @Test
    void transactionThatIsCommittedTooLateIsATimeout() throws Exception {
        Throwable thrown =
                catchThrowable(
                        () ->
                                probe.write(
                                        entityManager -> {
                                            storing("GH-1").with(entityManager);
                                            entityManager.flush();
                                            Thread.sleep(6500);
                                            return null;
                                        }));
        assertThat(kindOf(thrown)).isEqualTo(Failure.Kind.TIMEOUT);
        assertThat(Outside.codes()).isEmpty();
        assertThatConnectionsAreClean();
    }

    // Would break: every read costs two more round trips.
    @Test
    void readsCostOneRoundTripAndAnInsertTwo() throws Exception {
        Warehouse stored = probe.write(storing("GH-1")); // its sequence is at hand from now on
        assertThat(
                        RoundTrips.of(
                                () ->
                                        probe.read(
                                                entityManager ->
                                                        entityManager.find(
                                                                Warehouse.class, stored.id()))))
                .isEqualTo(List.of("SELECT"));
        assertThat(RoundTrips.of(() -> probe.write(storing("GH-2"))))
                .isEqualTo(List.of("BEGIN, INSERT", "COMMIT"));
    }
}
