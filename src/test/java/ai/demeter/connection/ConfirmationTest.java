package ai.demeter.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.demeter.run.MovableClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Otherwise sessions that wait for a standby pile up in PostgreSQL, and nobody is told. */
class ConfirmationTest {
    private final MovableClock clock = new MovableClock();
    private final Confirmation confirmation = new Confirmation(clock);

    // Would break: each beat of the heart costs a look at all sessions.
    @Test
    @DisplayName("nobody is asked while commits take less than a second")
    void healthy() throws Exception {
        confirmation.begins("a");
        clock.advance(Duration.ofSeconds(1));
        confirmation.look(null);
        confirmation.ends("a", false);
        clock.advance(Duration.ofSeconds(9));
        confirmation.look(null);
        assertThat(confirmation.missing()).isEmpty();
    }

    @Test
    @DisplayName("a commit that takes longer is a reason to ask, and so is one that was given up")
    void reasons() {
        confirmation.begins("a");
        clock.advance(Duration.ofMillis(1001));
        assertThatThrownBy(() -> confirmation.look(null)).isInstanceOf(NullPointerException.class);
        confirmation.ends("a", true);
        assertThatThrownBy(() -> confirmation.look(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    @DisplayName("missing from when sessions are found to wait until none is")
    void missing() {
        confirmation.found(2);
        clock.advance(Duration.ofSeconds(7));
        confirmation.found(3);
        clock.advance(Duration.ofSeconds(4));
        assertThat(confirmation.missing()).contains(Duration.ofSeconds(11));
        confirmation.found(0);
        assertThat(confirmation.missing()).isEmpty();
    }

    // Would break: a broken network is taken for sessions that wait, and connections are missing
    // for ever.
    @Test
    @DisplayName("no more are left waiting than wait at all, and none if none does")
    void left() {
        for (String each : new String[] {"a", "b", "c"}) {
            confirmation.begins(each);
            confirmation.ends(each, true);
        }
        assertThat(confirmation.left()).isZero();
        confirmation.found(2);
        assertThat(confirmation.left()).isEqualTo(2);
        confirmation.found(5);
        assertThat(confirmation.left()).isEqualTo(2);
        confirmation.found(0);
        confirmation.found(5);
        assertThat(confirmation.left()).isZero();
    }

    // Would break: 30 writers use up all that PostgreSQL allows within a minute.
    @Test
    @DisplayName("what is left waiting takes the place of connections that could be opened")
    void counts() throws Exception {
        try (ScriptedPostgres server = new ScriptedPostgres()) {
            CompositionRoot parts =
                    Parts.before(server, clock, "DB_POOL_SIZE", "2", "DB_MAX_OVERFLOW", "1");
            DemeterDataSource pool = Parts.pool(parts);
            Confirmation waiting = parts.openConnections().confirmation();
            pool.getConnection();
            Connection second = pool.getConnection();
            server.fails("COMMIT", null);
            second.setAutoCommit(false);
            second.createStatement().execute("UPDATE t");
            assertThatThrownBy(second::commit).isInstanceOf(SQLException.class);
            Commit.takeFailure();
            second.close();
            waiting.found(1);
            assertThat(waiting.left()).isEqualTo(1);
            Connection third = pool.getConnection();
            assertThatThrownBy(pool::getConnection)
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(e.getSQLState()).isEqualTo("53300"));
            waiting.found(0);
            pool.getConnection();
            third.close();
        }
    }
}
