package ai.demeter.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.demeter.run.MovableClock;
import ai.demeter.run.Until;
import ai.demeter.session.OpeningFailure;
import ai.demeter.session.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Otherwise sessions would be unlimited, unnamed, or with the wrong server. */
class ConnectionFactoryTest {
    private ScriptedPostgres server;

    @BeforeEach
    void start() throws Exception {
        server = new ScriptedPostgres();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private ConnectionFactory factory(String... more) {
        return Parts.before(server, new MovableClock(), more).factory();
    }

    private static void assertState(String sqlState, ThrowingCallable opening) {
        assertThatThrownBy(opening)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(sqlState));
    }

    @Test
    @DisplayName("a session of the pool bears its name and the limits of the variables")
    void forPool() throws Exception {
        Session session = factory("DB_STATEMENT_TIMEOUT", "7", "DB_SOCKET_TIMEOUT", "9").forPool();
        assertThat(server.logins().get(0))
                .contains("user\0demeter\0", "database\0demeterai\0")
                .contains(
                        "-c statement_timeout=7s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s");
        assertThat(server.executed()).contains("SET application_name = 'demeter'");
        assertThat(session.connection().getNetworkTimeout()).isEqualTo(9000);
        assertThat(session.channel().isOpen()).isTrue();
    }

    @Test
    @DisplayName("probes and migrations bear other names; a migration's answers take any time")
    void others() throws Exception {
        Session probe = factory().forProbe(Duration.ofSeconds(1));
        assertThat(server.executed()).contains("SET application_name = 'demeter-probe'");
        assertThat(probe.connection().getNetworkTimeout()).isEqualTo(1000);
        Connection migration = factory().forMigration().connection();
        assertThat(server.executed()).contains("SET application_name = 'demeter-migration'");
        assertThat(migration.getNetworkTimeout()).isZero();
    }

    // Would break: a server whose kernel accepts, and that is frozen, holds whoever connects.
    @Test
    @DisplayName("a server that accepts and says nothing is given up after DB_CONNECT_TIMEOUT")
    void silentLogin() throws Exception {
        server.silent(true);
        long asked = System.nanoTime();
        assertThatThrownBy(factory()::forPool).matches(OpeningFailure::isConnectivity);
        assertThat(Duration.ofNanos(System.nanoTime() - asked))
                .isBetween(Duration.ofMillis(900), Duration.ofMillis(2900));
    }

    // Would break: whoever sits where the database should be is told the password.
    @Test
    @DisplayName("a server that asks for the password in clear text does not get it")
    void clearText() {
        server.asksForPassword();
        assertThatThrownBy(factory("DATABASE_PASSWORD", "secret")::forPool)
                .isInstanceOf(SQLException.class);
        assertThat(server.passwords()).isEmpty();
    }

    // Would break: a server without TLS in the place of the database is talked to.
    @Test
    @DisplayName("a server without TLS is refused where the certificate is to be verified")
    void noTls() {
        assertThatThrownBy(factory("DATABASE_URL", server.url() + "?sslmode=verify-full")::forPool)
                .isInstanceOf(SQLException.class)
                .satisfies(
                        e ->
                                assertThat(OpeningFailure.describe(e))
                                        .startsWith("the database offers no TLS; switch it on"));
        assertThat(server.logins()).isEmpty();
    }

    @Test
    @DisplayName("a rotated password needs no restart")
    void passwordFile(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("password");
        Files.writeString(file, "old'\n");
        server.asksForPassword();
        ConnectionFactory factory =
                factory(
                        "DATABASE_PASSWORD_FILE",
                        file.toString(),
                        "DATABASE_URL",
                        server.url() + "?requireAuth=password");
        factory.forPool();
        Files.writeString(file, "new \"%\n");
        factory.forPool();
        assertThat(server.passwords()).containsExactly("old'", "new \"%");
        DemeterDataSource pool =
                Parts.pool(
                        Parts.before(
                                server,
                                new MovableClock(),
                                "DATABASE_PASSWORD_FILE",
                                file.toString()));
        Files.delete(file);
        assertState("28000", pool::getConnection);
    }

    @Test
    @DisplayName("a server that takes no writes is no server for the pool, and not kept")
    void readOnly() throws Exception {
        server.standby(true);
        assertState("25006", factory()::forPool);
        assertThat(Until.holds("the session ended", () -> server.sessions() == 0))
                .isLessThan(Duration.ofSeconds(5)); // the driver itself closes what is forgotten
    }

    @Test
    @DisplayName("of several hosts the primary is taken")
    void primary() throws Exception {
        try (ScriptedPostgres standby = new ScriptedPostgres()) {
            standby.standby(true);
            String hosts =
                    "jdbc:postgresql://localhost:%d,localhost:%d/demeterai"
                            .formatted(standby.port(), server.port());
            new CompositionRoot(Parts.settings(hosts), new MovableClock()).factory().forPool();
            assertThat(server.sessions()).isEqualTo(1);
            Until.holds("the standby is left", () -> standby.sessions() == 0);
        }
    }

    @Test
    @DisplayName("what the server answers to a login reaches the caller; nobody there is 08001")
    void refused() throws Exception {
        server.refuses("53300");
        assertState("53300", factory()::forPool);
        server.close();
        assertState("08001", factory()::forPool);
    }

    @Test
    @DisplayName("the pool cannot name another user than the environment does")
    void noOtherUser() throws Exception {
        DemeterDataSource pool = Parts.pool(Parts.before(server, new MovableClock()));
        assertThatThrownBy(() -> pool.getConnection("postgres", "x"))
                .isInstanceOf(SQLFeatureNotSupportedException.class);
        assertThat(pool.getConnection(null, null).isClosed()).isFalse();
    }
}
