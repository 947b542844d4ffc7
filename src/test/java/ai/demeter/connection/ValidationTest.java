package ai.demeter.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.demeter.connection.OpenConnections.Closing;
import ai.demeter.run.MovableClock;
import ai.demeter.run.Until;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Otherwise the pool would lend what does not work, or pay a round trip for each loan. */
class ValidationTest {
    private static final Duration MILLISECOND = Duration.ofMillis(1);

    private final MovableClock clock = new MovableClock();
    private ScriptedPostgres server;
    private CompositionRoot parts;
    private Connection connection;

    @BeforeEach
    void open() throws Exception {
        server = new ScriptedPostgres();
        parts = Parts.before(server, clock, "DB_POOL_RECYCLE", "100");
        connection = Parts.pool(parts).getConnection();
    }

    @AfterEach
    void close() throws Exception {
        server.silent(false);
        server.close();
    }

    private void assertUnfit(Closing reason) throws SQLException {
        assertThat(connection.isValid(1)).isFalse();
        assertClosedFor(reason);
    }

    private void assertClosedFor(Closing reason) throws SQLException {
        connection.close();
        connection.close(); // IronJacamar and Payara do either
        for (Closing each : Closing.values()) {
            assertThat(parts.openConnections().closed(each))
                    .as(each.name())
                    .isEqualTo(each == reason ? 1 : 0);
        }
        assertThat(parts.openConnections().count()).isZero();
    }

    private void becomesInvalid() throws Exception {
        Until.holds("arrived", () -> !connection.isValid(1));
        assertClosedFor(Closing.INVALID);
        assertThat(server.executed()).doesNotContain("");
        assertThat(parts.openConnections().disruptions()).isPositive();
        assertThat(parts.openConnections().validationFailures()).isEqualTo(1);
    }

    // Would break: each loan costs a round trip, a fifth of the rate of reads.
    @Test
    @DisplayName("checked less than 500 ms ago it is trusted after a look, from then on asked")
    void trust() throws Exception {
        clock.advance(Validation.TRUST.minus(MILLISECOND));
        assertThat(connection.isValid(1)).isTrue();
        assertThat(server.executed()).doesNotContain("");
        clock.advance(MILLISECOND);
        assertThat(connection.isValid(1)).isTrue();
        assertThat(server.executed()).containsOnlyOnce("");
        clock.advance(Validation.TRUST.minus(MILLISECOND));
        assertThat(connection.isValid(1)).isTrue();
        assertThat(server.executed()).containsOnlyOnce("");
    }

    @Test
    @DisplayName("a look finds the message of a server that ended the session")
    void fatalInTheSocket() throws Exception {
        server.terminate();
        becomesInvalid();
    }

    @Test
    @DisplayName("a look finds the end of the stream of one that said nothing")
    void endOfStream() throws Exception {
        server.cut();
        becomesInvalid();
    }

    // Would break: twenty silent connections cost a request twenty timeouts.
    @Test
    @DisplayName(
            "silence ends the check within DB_VALIDATION_TIMEOUT, and the trust in those not heard from since")
    void silence() throws Exception {
        CompositionRoot running = Parts.before(server, () -> System.nanoTime() + clock.getAsLong());
        DemeterDataSource pool = Parts.pool(running);
        Connection older = pool.getConnection();
        Connection silent = pool.getConnection();
        clock.advance(Validation.TRUST);
        Connection younger = pool.getConnection();
        server.silent(true);
        long asked = System.nanoTime();
        assertThat(silent.isValid(1)).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - asked))
                .isBetween(Duration.ofMillis(900), Duration.ofMillis(1900));
        assertThat(older.isValid(1)).isFalse();
        assertThat(running.openConnections().closed(Closing.INVALID)).isEqualTo(1);
        assertThat(running.openConnections().closed(Closing.LOST)).isEqualTo(1);
        server.silent(false);
        assertThat(younger.isValid(1)).isTrue();
    }

    @Test
    @DisplayName("past the hard limit none is lent; that is no disruption and no failure")
    void tooOld() throws Exception {
        clock.advance(Duration.ofSeconds(49));
        assertThat(connection.isValid(1)).isTrue();
        clock.advance(Duration.ofSeconds(51));
        assertUnfit(Closing.TOO_OLD);
        assertThat(parts.openConnections().disruptions()).isZero();
        assertThat(parts.openConnections().validationFailures()).isZero();
    }

    @Test
    @DisplayName("after a commit that failed it is not lent again, and who asked is told why")
    void commitFailed() throws Exception {
        server.fails("COMMIT", "40001");
        assertCommitFails("40001");
        assertUnfit(Closing.COMMIT_FAILED);
    }

    // Would break: a write that may be stored is run again.
    @Test
    @DisplayName("a commit that broke off has an unknown outcome: 08007")
    void commitBroken() throws Exception {
        server.fails("COMMIT", null);
        assertCommitFails("08007");
        assertUnfit(Closing.BROKEN);
    }

    private void assertCommitFails(String sqlState) throws SQLException {
        connection.setAutoCommit(false);
        connection.createStatement().execute("UPDATE t");
        assertThatThrownBy(connection::commit)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(sqlState));
        assertThat(Commit.takeFailure())
                .containsInstanceOf(SQLException.class)
                .map(e -> ((SQLException) e).getSQLState())
                .contains(sqlState);
        assertThat(Commit.takeFailure()).isEmpty();
    }

    @Test
    @DisplayName("none is lent while the database is lost")
    void lost() throws Exception {
        server.closesAtOnce(true);
        while (!parts.heartbeat().isLost()) {
            parts.heartbeat().beat();
        }
        assertUnfit(Closing.LOST);
    }

    // Would break: writes go to a primary that became a standby.
    @Test
    @DisplayName("a server that turned read-only is found by the answer to the check")
    void readOnly() throws Exception {
        clock.advance(Validation.TRUST);
        server.report("in_hot_standby", "on");
        assertUnfit(Closing.INVALID);
    }

    // Would break: what one borrower left undecided is committed by the next.
    @Test
    @DisplayName("a transaction that a borrower left open is rolled back")
    void leftOpen() throws Exception {
        connection.setAutoCommit(false);
        connection.createStatement().execute("UPDATE t");
        clock.advance(Validation.TRUST);
        assertThat(connection.isValid(1)).isTrue();
        assertThat(server.executed()).endsWith("BEGIN", "UPDATE t", "", "ROLLBACK");
    }

    @Test
    @DisplayName("a sound one that the pool closes is closed by the pool")
    void closedByThePool() throws Exception {
        assertClosedFor(Closing.POOL);
        Until.holds("the session ended", () -> server.sessions() == 0);
    }

    @Test
    @DisplayName("without DB_POOL_PRE_PING nothing is asked, however long ago the last answer was")
    void noPrePing() throws Exception {
        CompositionRoot trusting = Parts.before(server, clock, "DB_POOL_PRE_PING", "false");
        Connection unasked = Parts.pool(trusting).getConnection();
        server.terminate();
        clock.advance(Duration.ofMinutes(1));
        assertThat(unasked.isValid(1)).isTrue();
        assertThat(server.executed()).doesNotContain("");
    }
}
