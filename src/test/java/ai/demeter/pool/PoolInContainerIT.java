package ai.demeter.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.demeter.database.Failure;
import ai.demeter.incontainer.Archive;
import ai.demeter.incontainer.Outside;
import ai.demeter.incontainer.Probe;
import ai.demeter.run.Until;
import ai.demeter.schema.Schema;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import org.hibernate.JDBCException;
import org.hibernate.Session;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.commons.util.ExceptionUtils;

/** The borders of each server's pool, as server-config/ sets them. */
@Tag("in-container")
@ExtendWith(ArquillianExtension.class)
class PoolInContainerIT {
    private static final int MOST = 30;
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static final String SESSIONS =
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'demeter'";

    private final Deque<Connection> held = new ArrayDeque<>();
    @Resource private ManagedExecutorService executor;
    @Inject private Probe probe;
    @Inject private Schema schema;
    @Inject private Bulkhead bulkhead;

    @Deployment
    static WebArchive archive() throws Exception {
        return Archive.with(PoolInContainerIT.class);
    }

    @BeforeEach
    void awaitSchema() throws Exception {
        Until.holds("the schema is current", () -> schema.state() == Schema.State.CURRENT);
    }

    /** Each with a permit, as requests do. */
    private void borrowAll() throws Exception {
        while (held.size() < MOST) {
            bulkhead.acquire();
            held.add(PoolFiller.dataSource().getConnection());
        }
    }

    @AfterEach
    void giveBack() throws SQLException {
        while (!held.isEmpty()) {
            held.remove().close();
            bulkhead.release();
        }
    }

    // Would break: the database refuses other users, or fewer requests are served than could be.
    @Test
    void lendsThirtyAndThenRefusesAfterTheTimeout() throws Exception {
        for (int round = 0; round < 2; round++) { // the second shows that all came back
            borrowAll();
            assertThat(Outside.query(SESSIONS)).hasSize(MOST);
            assertThatPoolIsExhausted(() -> PoolFiller.dataSource().getConnection());
            giveBack();
        }
    }

    // Would break: 500 instead of 503 "pool-exhausted", as the refusal has no SQLState.
    @Test
    void refusalIsRecognizedUnderHibernate() throws Exception {
        borrowAll();
        Probe.Work<Object> work =
                entityManager -> entityManager.createNativeQuery("SELECT 1").getSingleResult();
        // On another thread, as WildFly draws what this one holds into the transaction it begins.
        assertThatPoolIsExhausted(() -> executor.submit(() -> probe.write(work)).get());
        assertThatPoolIsExhausted(() -> executor.submit(() -> probe.read(work)).get());
    }

    private static void assertThatPoolIsExhausted(Callable<?> borrowing) {
        long started = System.nanoTime();
        Throwable thrown = catchThrowable(borrowing::call);
        Duration took = Duration.ofNanos(System.nanoTime() - started);
        assertThat(thrown).as("the refusal").isNotNull();
        assertThat(Failure.of(thrown).kind())
                .as(ExceptionUtils.readStackTrace(thrown))
                .isEqualTo(Failure.Kind.POOL_EXHAUSTED);
        assertThat(took).isBetween(TIMEOUT.minusMillis(100), TIMEOUT.plusSeconds(2));
    }

    // Would break: each request whose work with the connection itself fails costs the pool one for
    // good, as Hibernate keeps it then.
    @Test
    void whatIsKeptIsGivenBack() throws Exception {
        for (int i = 0; i < MOST + 1; i++) {
            assertThat(catchThrowable(() -> probe.read(PoolInContainerIT::failOnConnection)))
                    .isInstanceOf(JDBCException.class);
        }
        assertThat(PoolStatistics.ofThisServer().active()).isZero();
    }

    private static Void failOnConnection(EntityManager entityManager) {
        entityManager
                .unwrap(Session.class)
                .doWork(
                        connection -> {
                            throw new SQLException("on purpose");
                        });
        return null;
    }

    // Would break: requests fail after the database, or something between, dropped idle sessions.
    @Test
    void killedConnectionsAreNotLent() throws Exception {
        for (int round = 0; round < 2; round++) { // the second within the time of trust
            borrowAll();
            giveBack();
            Outside.terminate("true");
            borrowAll();
            for (Connection connection : held) {
                try (Statement statement = connection.createStatement();
                        ResultSet rows = statement.executeQuery("SELECT 1")) {
                    assertThat(rows.next()).isTrue();
                }
            }
            giveBack();
        }
    }

    // Would break: a component that keeps connections for itself stops everyone else, for
    // DB_POOL_TIMEOUT each time that the pool is filled up.
    @Test
    void fillsUpWithNoMoreThanItCanLend() throws Exception {
        List<Connection> kept = new ArrayList<>(); // without a permit
        try {
            while (kept.size() < 15) {
                kept.add(PoolFiller.dataSource().getConnection());
            }
            Outside.terminate("true");
            bulkhead.acquire();
            // One is found dead, so that the others are tried.
            PoolFiller.dataSource().getConnection().close();
            bulkhead.release();
            Until.holds(
                    "all others are open",
                    () -> Outside.query(SESSIONS).size() >= 20 - kept.size());
            long asked = System.nanoTime();
            bulkhead.acquire();
            bulkhead.release();
            assertThat(Duration.ofNanos(System.nanoTime() - asked))
                    .isLessThan(TIMEOUT.dividedBy(2));
        } finally {
            for (Connection connection : kept) {
                connection.close();
            }
        }
    }

    // Would break: what died while requests were under way is taken for open, and the pool lends
    // and replaces one dead connection after the other when the load comes.
    @Test
    void fillsUpAgainAfterOthersWereAtWork() throws Exception {
        int atWork = 15; // with a permit, and without a connection at the moment
        borrowAll();
        giveBack();
        for (int i = 0; i < atWork; i++) {
            bulkhead.acquire();
        }
        try {
            Outside.terminate("true");
            PoolFiller.dataSource().getConnection().close(); // finds one dead
            Until.holds("some are open", () -> Outside.query(SESSIONS).size() >= 20 - atWork);
            Thread.sleep(1500); // further checks go by, which find nothing dead that is new
        } finally {
            for (int i = 0; i < atWork; i++) {
                bulkhead.release();
            }
        }
        Until.holds("all are open", () -> Outside.query(SESSIONS).size() >= 20);
    }

    // Would break: a component that sets its connection's mode changes it for the next one.
    @Test
    void connectionsComeBackAsTheyWere() throws Exception {
        borrowAll();
        for (Connection connection : held) {
            connection.setAutoCommit(false);
            connection.createStatement().execute("SELECT 1");
        }
        giveBack();
        borrowAll();
        for (Connection connection : held) {
            assertThat(connection.getAutoCommit()).isTrue();
        }
        assertThat(Outside.query(SESSIONS + " AND state <> 'idle'")).isEmpty();
    }
}
