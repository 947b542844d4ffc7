package ai.demeter.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.demeter.run.MovableClock;
import ai.demeter.run.Until;
import ai.demeter.session.Session;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Otherwise a sound database would be called lost, or requests would wait for a dead one. */
class HeartbeatTest {
    private final MovableClock clock = new MovableClock();
    private ScriptedPostgres server;
    private CompositionRoot parts;
    private Heartbeat heartbeat;

    @BeforeEach
    void start() throws Exception {
        server = new ScriptedPostgres();
        parts = Parts.before(server, clock);
        heartbeat = parts.heartbeat();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private void beatUntilLost() {
        server.closesAtOnce(true);
        for (int i = 0; i < 4; i++) {
            heartbeat.beat();
        }
        assertThat(heartbeat.isLost()).isTrue();
    }

    @Test
    @DisplayName("a database that answers is not lost, and is asked again a second later")
    void answers() {
        assertThat(heartbeat.beat()).isEqualTo(Heartbeat.BEAT);
        assertThat(heartbeat.beat()).isEqualTo(Heartbeat.BEAT);
        assertThat(heartbeat.isLost()).isFalse();
        assertThat(server.executed()).filteredOn("SELECT 1"::equals).hasSize(2);
        assertThat(server.logins()).hasSize(1);
    }

    // Would break: a server process that crashes under one login makes all requests fail.
    @Test
    @DisplayName("lost after four connections in a row that break while they are opened, not three")
    void brokenOpenings() {
        server.closesAtOnce(true);
        for (int i = 1; i < 4; i++) {
            assertThat(heartbeat.beat()).isEqualTo(Duration.ofMillis(50 * i));
            assertThat(heartbeat.isLost()).isFalse();
        }
        assertThat(heartbeat.beat()).isEqualTo(Heartbeat.BEAT_WHILE_LOST);
        assertThat(heartbeat.isLost()).isTrue();
    }

    // Would break: a frozen database is found after four timeouts instead of one.
    @Test
    @DisplayName("lost at once when a connection takes a second and more to fail")
    void slowOpening() {
        Heartbeat slow =
                new Heartbeat(
                        "there",
                        () -> {
                            clock.advance(Heartbeat.BEAT);
                            throw new SQLException("no answer", "08006");
                        },
                        parts.openConnections(),
                        Duration.ofSeconds(25),
                        clock);
        assertThat(slow.beat()).isEqualTo(Heartbeat.BEAT_WHILE_LOST);
        assertThat(slow.isLost()).isTrue();
    }

    // Would break: where logins take a second, one that is cut makes the service refuse everyone,
    // though the pool opens connections all the time.
    @Test
    @DisplayName("not lost when one is cut after a second in which the pool has opened another")
    void slowOpeningCut() {
        Heartbeat slow =
                new Heartbeat(
                        "there",
                        () -> {
                            clock.advance(Heartbeat.BEAT.dividedBy(2));
                            Parts.pool(parts).getConnection();
                            clock.advance(Heartbeat.BEAT.dividedBy(2));
                            throw new SQLException("cut", "08006");
                        },
                        parts.openConnections(),
                        Duration.ofSeconds(25),
                        clock);
        slow.beat();
        assertThat(slow.isLost()).isFalse();
    }

    @Test
    @DisplayName("a connection of its own that breaks proves nothing: another is opened at once")
    void ownConnectionBreaks() throws Exception {
        heartbeat.beat();
        server.cut();
        assertThat(heartbeat.beat()).isZero();
        assertThat(heartbeat.isLost()).isFalse();
        assertThat(heartbeat.beat()).isEqualTo(Heartbeat.BEAT);
        assertThat(heartbeat.isLost()).isFalse();
        assertThat(server.logins()).hasSize(2);
    }

    // Would break: the pool is not filled again after a restart of the database.
    @Test
    @DisplayName("regained with the first answer, which counts as a disruption of what is open")
    void regained() {
        beatUntilLost();
        int disruptions = parts.openConnections().disruptions();
        server.closesAtOnce(false);
        assertThat(heartbeat.beat()).isEqualTo(Heartbeat.BEAT);
        assertThat(heartbeat.isLost()).isFalse();
        assertThat(parts.openConnections().disruptions()).isEqualTo(disruptions + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"28P01", "28000", "53300", "3D000"})
    @DisplayName("a server that refuses this user, or has no place, is not lost")
    void refusals(String sqlState) {
        server.refuses(sqlState);
        for (int i = 0; i < 8; i++) {
            heartbeat.beat();
            assertThat(heartbeat.isLost()).isFalse();
        }
        server.refuses(null);
        assertThat(heartbeat.beat()).isEqualTo(Heartbeat.BEAT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"57P01", "57P02", "57P03"})
    @DisplayName("a server that starts, stops or crashes is")
    void notThere(String sqlState) {
        server.refuses(sqlState);
        for (int i = 0; i < 4; i++) {
            assertThat(heartbeat.isLost()).isFalse();
            heartbeat.beat();
        }
        assertThat(heartbeat.isLost()).isTrue();
    }

    // Would break: one login in four that fails makes the service refuse everyone.
    @Test
    @DisplayName("a connection that the pool opened in between starts the count again")
    void poolOpensMeanwhile() throws Exception {
        server.closesAtOnce(true);
        for (int i = 1; i < 4; i++) {
            heartbeat.beat();
        }
        clock.advance(Duration.ofMillis(1));
        server.closesAtOnce(false);
        Parts.pool(parts).getConnection();
        clock.advance(Duration.ofMillis(1));
        server.closesAtOnce(true);
        for (int i = 1; i < 4; i++) {
            heartbeat.beat();
            assertThat(heartbeat.isLost()).isFalse();
        }
        heartbeat.beat();
        assertThat(heartbeat.isLost()).isTrue();
    }

    // Would break: a firewall that resets new connections stops a service that works.
    @Test
    @DisplayName("while connections of the pool have answers, new ones that break are no loss")
    void poolAnswers() throws Exception {
        Connection pooled = Parts.pool(parts).getConnection();
        server.closesAtOnce(true);
        heartbeat.beat();
        for (int i = 0; i < 8; i++) {
            clock.advance(Validation.TRUST);
            assertThat(pooled.isValid(1)).isTrue();
            heartbeat.beat();
            assertThat(heartbeat.isLost()).isFalse();
        }
        clock.advance(Heartbeat.BEAT);
        for (int i = 0; i < 4; i++) {
            heartbeat.beat();
        }
        assertThat(heartbeat.isLost()).isTrue();
    }

    // Would break: a database that stops is noticed a second late.
    @Test
    @DisplayName("answers that the pool had before the first failure are no proof against it")
    void poolAnsweredBefore() throws Exception {
        Connection pooled = Parts.pool(parts).getConnection();
        clock.advance(Validation.TRUST);
        assertThat(pooled.isValid(1)).isTrue();
        beatUntilLost();
    }

    // Would break: readiness asks a second time although the pool has the answer.
    @Test
    @DisplayName("an answer that a connection of the pool had confirms, too")
    void poolConfirms() throws Exception {
        Connection pooled = Parts.pool(parts).getConnection();
        assertThat(heartbeat.sinceLastAnswer()).isEmpty();
        CompletableFuture<Boolean> confirmed =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return heartbeat.confirm(Duration.ofSeconds(30));
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        clock.advance(Validation.TRUST);
        assertThat(pooled.isValid(1)).isTrue();
        assertThat(heartbeat.sinceLastAnswer()).contains(Duration.ZERO);
        assertThat(confirmed.get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @DisplayName("who was heard from no later than one that fell silent is distrusted")
    void distrust() {
        heartbeat.silent(-5);
        assertThat(heartbeat.isDistrusted(-5)).isTrue();
        assertThat(heartbeat.isDistrusted(-4)).isFalse();
        heartbeat.silent(-9);
        assertThat(heartbeat.isDistrusted(-5)).isTrue();
    }

    // Would break: a migration waits for a frozen database for ever, and the service with it.
    @Test
    @DisplayName("a session that nothing else ends is ended once the database is lost for 25 s")
    void migration() throws Exception {
        Session migration = parts.factory().forMigration();
        parts.openConnections().addUnbounded(migration);
        beatUntilLost();
        clock.advance(Duration.ofMillis(24_999));
        heartbeat.beat();
        assertThat(migration.connection().isClosed()).isFalse();
        clock.advance(Duration.ofMillis(1));
        heartbeat.beat();
        assertThat(migration.connection().isClosed()).isTrue();
    }

    // Would break: who was lent a frozen connection waits for DB_SOCKET_TIMEOUT.
    @Test
    @DisplayName("what was lent on trust since the last answer is ended when the database is lost")
    void lentOnTrust() throws Exception {
        Connection before = Parts.pool(parts).getConnection();
        assertThat(before.isValid(1)).isTrue();
        clock.advance(Duration.ofMillis(1));
        heartbeat.beat();
        clock.advance(Duration.ofMillis(1));
        Connection after = Parts.pool(parts).getConnection();
        assertThat(after.isValid(1)).isTrue();
        server.closesAtOnce(true);
        server.fails("SELECT 1", null);
        while (!heartbeat.isLost()) {
            heartbeat.beat();
        }
        assertThat(after.isClosed()).isTrue();
        assertThat(before.isClosed()).isFalse();
    }

    @Test
    @DisplayName("while it is lost, the pool is refused at once and the server is not asked")
    void refusesThePool() {
        beatUntilLost();
        server.closesAtOnce(false);
        assertThatThrownBy(Parts.pool(parts)::getConnection)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08001"));
        assertThat(server.logins()).isEmpty();
    }

    // Would break: readiness takes up to a second longer than it has, for each probe.
    @Test
    @DisplayName("its thread beats at once for who wants to know, and only for as long as he waits")
    void thread() throws Exception {
        CompositionRoot process = Parts.before(server, System::nanoTime);
        Heartbeat running = process.heartbeat();
        DemeterDataSource pool = Parts.pool(process);
        running.start();
        long started = System.nanoTime();
        for (int i = 0; i < 20; i++) { // unasked they would take 20 s
            assertThat(running.confirm(Duration.ofSeconds(10))).isTrue();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - started))
                .isLessThan(Duration.ofSeconds(10));
        for (int i = 0; i < 20; i++) {
            long asked = asked();
            server.closesAtOnce(true);
            assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class);
            Until.holds("asked again", () -> asked() > asked);
            server.closesAtOnce(false);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - started))
                .isLessThan(Duration.ofSeconds(15));
        server.silent(true);
        assertThat(running.confirm(Duration.ofMillis(200))).isFalse();
        Until.holds("lost", running::isLost);
        server.silent(false);
        Until.holds("regained", () -> !running.isLost());
    }

    private long asked() {
        return server.executed().stream().filter("SELECT 1"::equals).count();
    }
}
