package ai.demeter.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import ai.demeter.run.Until;
import ai.demeter.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two real PostgreSQLs, one following the other by streaming; needs no server of ours. */
@Tag("without-server")
class ReplicationIT {
    private static final Duration AT_ONCE = Duration.ofSeconds(2);

    private Postgres primary;
    private Postgres standby;
    private CompositionRoot parts;
    private DemeterDataSource pool;

    @BeforeEach
    void start() throws Exception {
        primary = Postgres.startEmpty("replication");
        standby = primary.standby("standby");
        Sql.run(
                primary,
                "CREATE TABLE written (number int)",
                "GRANT ALL ON written TO " + Postgres.USER);
        parts = parts();
        pool = Parts.pool(parts);
        parts.heartbeat().start();
    }

    private CompositionRoot parts() {
        return new CompositionRoot(
                new Settings(
                        Map.of(
                                "DATABASE_URL",
                                primary.urlWith(standby),
                                "DATABASE_PASSWORD",
                                Postgres.PASSWORD)),
                System::nanoTime);
    }

    @AfterEach
    void stop() throws Exception {
        standby.close();
        primary.close();
    }

    private static boolean write(DemeterDataSource pool) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            return statement.executeUpdate("INSERT INTO written VALUES (1)") == 1;
        } catch (SQLException e) {
            return false;
        }
    }

    private static long written(Postgres server) throws SQLException {
        return Sql.number(server, "SELECT count(*) FROM written");
    }

    @Test
    @DisplayName("the primary killed, the standby promoted: served within 2 s of the promotion")
    void killed() throws Exception {
        Connection before = pool.getConnection();
        primary.kill();
        Until.holds("lost", () -> parts.heartbeat().isLost());
        standby.promote();
        assertThat(Until.holds("served", () -> write(pool))).isLessThan(AT_ONCE);
        assertThat(parts.heartbeat().isLost()).isFalse();
        assertThat(before.isValid(1)).isFalse();
    }

    // Would break: never served again until the thaw; then, writes to a primary that nobody
    // follows.
    @Test
    @DisplayName("the primary frozen: the same, and after the thaw nothing is written to it")
    void frozen() throws Exception {
        Connection before = pool.getConnection();
        primary.freeze();
        try {
            Until.holds("lost", () -> parts.heartbeat().isLost());
            standby.promote();
            assertThat(Until.holds("served", () -> write(pool))).isLessThan(AT_ONCE);
            assertThat(before.isClosed()).isTrue();
        } finally {
            primary.thaw();
        }
        long former = written(primary);
        long present = written(standby);
        for (int i = 0; i < 10; i++) {
            assertThat(write(pool)).isTrue();
        }
        // An instance that starts now takes the newer one, though the former is first in the URL.
        CompositionRoot restarted = parts();
        for (int i = 0; i < 10; i++) {
            assertThat(write(Parts.pool(restarted))).isTrue();
        }
        standby.close();
        assertThatThrownBy(restarted.factory()::forPool)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"))
                .hasMessageContaining("localhost:" + primary.port() + " is on timeline 1");
        assertThat(write(Parts.pool(restarted))).isFalse();
        assertThat(written(primary)).isEqualTo(former);
        standby.start();
        assertThat(written(standby)).isEqualTo(present + 20);
    }
}
