package ai.demeter.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.demeter.connection.CompositionRoot;
import ai.demeter.replica.ReplicaWatch.Doubt;
import ai.demeter.run.Certificates;
import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import ai.demeter.run.Until;
import ai.demeter.session.Backend;
import ai.demeter.settings.Settings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two real PostgreSQLs, one following the other by streaming; needs no server of ours. */
@Tag("without-server")
class ReplicaWatchIT {
    private static final Duration STALE = Duration.ofSeconds(5);
    private static Postgres primary;
    private static Postgres standby;
    private Replica parts;
    private ReplicaWatch watch;
    private ReplicaDataSource pool;

    @BeforeAll
    static void start() throws Exception {
        primary = Postgres.startEmpty("replica-watch");
        standby = primary.standby("standby");
        Sql.run(
                primary,
                "CREATE TABLE written (number int)",
                "GRANT ALL ON written TO " + Postgres.USER);
    }

    @AfterAll
    static void stop() throws Exception {
        standby.close();
        primary.close();
    }

    @BeforeEach
    void watch() throws Exception {
        watch(parts(standby.url()));
    }

    private void watch(Replica by) throws Exception {
        parts = by;
        watch = parts.watch();
        pool = new ReplicaDataSource(parts::primary, () -> Optional.of(parts));
        Beats.untilFresh(watch, STALE);
    }

    private static Replica parts(String replica, String... more) {
        Map<String, String> environment = new HashMap<>();
        environment.put("DATABASE_URL", primary.url());
        environment.put("DATABASE_PASSWORD", Postgres.PASSWORD);
        environment.put("DATABASE_URL_READ", replica);
        for (int i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        return Replica.of(new CompositionRoot(new Settings(environment), System::nanoTime))
                .orElseThrow();
    }

    private static LogPosition write() throws SQLException {
        Sql.run(primary, "INSERT INTO written VALUES (1)");
        try (Connection connection = primary.superuser();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT pg_current_wal_insert_lsn()::text")) {
            row.next();
            return LogPosition.parse(row.getString(1)).orElseThrow();
        }
    }

    private static long count(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM written")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void delay(String time) throws Exception {
        Sql.run(
                standby,
                "ALTER SYSTEM SET recovery_min_apply_delay = '" + time + "'",
                "SELECT pg_reload_conf()");
    }

    // Would break: a client that has written reads what was before.
    @Test
    @DisplayName("with 200 ms of delay a position is doubted until what it stands for can be read")
    void position() throws Exception {
        delay("200ms");
        try (Connection connection = pool.getConnection()) {
            int doubted = 0;
            for (int i = 0; i < 10; i++) {
                LogPosition position = write();
                long written = Sql.number(primary, "SELECT count(*) FROM written");
                while (true) {
                    watch.beat();
                    if (watch.doubt(STALE, position).isEmpty()) {
                        break;
                    }
                    doubted++;
                    assertThat(watch.doubt(STALE, position)).contains(Doubt.POSITION);
                    Thread.sleep(5);
                }
                assertThat(count(connection)).isEqualTo(written);
            }
            assertThat(doubted).isGreaterThan(10);
        } finally {
            delay("0");
        }
    }

    // Would break: a list that may be a second old is as old as the delay.
    @Test
    @DisplayName("a replica that falls behind is doubted by whoever wants what is fresher")
    void behind() throws Exception {
        delay("10min");
        try {
            write();
            watch.beat();
            Until.holds(
                    "behind",
                    () -> {
                        watch.beat();
                        return watch.doubt(Duration.ofSeconds(1), null).isPresent();
                    });
            assertThat(watch.doubt(Duration.ofSeconds(1), null)).contains(Doubt.BEHIND);
            assertThat(watch.doubt(Duration.ofSeconds(ReplicaWatch.OLDEST), null)).isEmpty();
            assertThat(watch.lag()).hasValueSatisfying(lag -> assertThat(lag).isPositive());
        } finally {
            delay("0");
        }
        Beats.untilFresh(watch, STALE);
    }

    @Test
    @DisplayName("killed: away at once, its connections unfit; used again when it is back")
    void killed() throws Exception {
        Connection connection = pool.getConnection();
        assertThat(connection.isValid(1)).isTrue();
        standby.kill();
        try {
            assertThat(connection.isValid(1)).isFalse();
            watch.beat();
            assertThat(watch.doubt(STALE, null)).contains(Doubt.AWAY);
            assertThatThrownBy(pool::getConnection).hasMessageContaining("away");
            assertThat(parts.connections().count()).isZero();
        } finally {
            standby.start();
        }
        Beats.untilFresh(watch, STALE);
        try (Connection again = pool.getConnection()) {
            assertThat(again.isValid(1)).isTrue();
        }
    }

    // Would break: a read waits for DB_SOCKET_TIMEOUT, 25 s.
    @Test
    @DisplayName("frozen: given up within 2 s, and with it the reads that wait for it")
    void frozen() throws Exception {
        parts.primary().watchdog().start();
        try (Connection connection = pool.getConnection()) {
            standby.freeze();
            long began = System.nanoTime();
            Thread beats =
                    new Thread(
                            () -> {
                                watch.beat();
                                watch.beat();
                            });
            beats.start();
            assertThatThrownBy(() -> count(connection)).isInstanceOf(SQLException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isLessThan(Duration.ofSeconds(2));
            assertThat(watch.isAway()).isTrue();
            beats.join();
            assertThat(watch.isAway()).isTrue();
        } finally {
            standby.thaw();
        }
        Beats.untilFresh(watch, STALE);
    }

    // Would break: the end of a TLS session waits for a peer that does not read.
    @Test
    @DisplayName("the same under TLS, by the pool's authority")
    void frozenUnderTls(@TempDir Path directory) throws Exception {
        Certificates authority = new Certificates(directory);
        standby.certify(authority.issue("localhost"), authority.authority());
        Until.holds(
                "certified",
                () ->
                        Sql.number(
                                        standby,
                                        "SELECT count(*) FROM pg_settings WHERE name = 'ssl' AND setting = 'on'")
                                == 1);
        watch(
                parts(
                        standby.url() + "?sslmode=verify-full",
                        "DATABASE_CA_FILE",
                        authority.authority().toString()));
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")) {
            row.next();
            assertThat(row.getBoolean(1)).isTrue();
        }
        frozen();
    }

    @Test
    @DisplayName("a server that follows nobody is no replica")
    void primaryIsNone() throws Exception {
        ReplicaWatch wrong = parts(primary.url()).watch();
        wrong.beat();
        assertThat(wrong.doubt(STALE, null)).contains(Doubt.AWAY);
    }

    // Would break: behind a balancer a position that one replica has is read from another.
    @Test
    @DisplayName("connections with another server than the one that is watched are not lent")
    void another() throws Exception {
        Connection connection = pool.getConnection();
        standby.close();
        standby.start();
        Beats.untilFresh(watch, STALE);
        assertThat(connection.isValid(1)).isFalse();
        try (Connection primaries = primary.superuser();
                Connection standbys = standby.superuser()) {
            assertThat(watch.isOf(Backend.serverOf(primaries))).isFalse();
            assertThat(watch.isOf(Backend.serverOf(standbys))).isTrue();
        }
    }

    @Test
    @DisplayName("where no replica is named nothing is opened")
    void none() {
        CompositionRoot without =
                new CompositionRoot(
                        new Settings(Map.of("DATABASE_URL", primary.url())), System::nanoTime);
        assertThat(Replica.of(without)).isEmpty();
        assertThatThrownBy(
                        new ReplicaDataSource(() -> without, () -> Replica.of(without))
                                ::getConnection)
                .hasMessageContaining("DATABASE_URL_READ");
    }
}
