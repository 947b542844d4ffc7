package ai.demeter.connection;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Certificates;
import ai.demeter.run.Certificates.Issued;
import ai.demeter.run.MovableClock;
import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import ai.demeter.run.Until;
import ai.demeter.session.OpeningFailure;
import ai.demeter.session.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every certificate, right and wrong, before a real PostgreSQL; needs no server of ours. */
@Tag("without-server")
class TlsMatrixIT {
    @TempDir private static Path directory;
    private static Postgres postgres;
    private static Certificates authority;
    private static Certificates other;
    private static Issued ofServer;
    private static Issued ofClient;

    @BeforeAll
    static void start() throws Exception {
        authority = new Certificates(Files.createDirectory(directory.resolve("authority")));
        other = new Certificates(Files.createDirectory(directory.resolve("other")));
        ofServer = authority.issue("localhost");
        ofClient = authority.issue(Postgres.USER);
        postgres = Postgres.startEmpty("tls-matrix");
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @BeforeEach
    void certify() throws Exception {
        postgres.certify(ofServer, authority.authority());
        postgres.requireCertificates();
    }

    private static CompositionRoot parts(String parameters, Object... files) {
        List<String> variables = new ArrayList<>(List.of("DATABASE_PASSWORD", Postgres.PASSWORD));
        for (Object each : files) {
            variables.add(each.toString());
        }
        return new CompositionRoot(
                Parts.settings(postgres.url() + "?" + parameters, variables.toArray(new String[0])),
                new MovableClock());
    }

    private static CompositionRoot right(String parameters) {
        return parts(
                parameters,
                "DATABASE_CA_FILE",
                authority.authority(),
                "DATABASE_CERT_FILE",
                ofClient.certificate(),
                "DATABASE_KEY_FILE",
                ofClient.key());
    }

    private static String open(CompositionRoot parts) {
        try {
            Session session = parts.factory().forPool();
            try (Connection connection = session.connection();
                    Statement statement = connection.createStatement();
                    ResultSet row =
                            statement.executeQuery(
                                    "SELECT ssl, version, client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()")) {
                row.next();
                assertThat(session.encrypted()).isEqualTo(row.getBoolean(1));
                return row.getString(2) + " " + row.getString(3);
            }
        } catch (SQLException e) {
            return OpeningFailure.describe(e);
        }
    }

    @Test
    @DisplayName("the right authority and the right certificate, in each form and negotiation")
    void right() throws Exception {
        String right = "TLSv1.3 /CN=demeter";
        assertThat(open(right("sslmode=verify-full"))).isEqualTo(right);
        assertThat(open(right("sslmode=verify-full&sslNegotiation=direct"))).isEqualTo(right);
        assertThat(
                        open(
                                parts(
                                        "sslmode=verify-full&sslpassword=changeit",
                                        "DATABASE_CA_FILE",
                                        authority.authority(),
                                        "DATABASE_KEY_FILE",
                                        ofClient.store())))
                .isEqualTo(right);
        Session migration = right("sslmode=verify-full").factory().forMigration();
        assertThat(migration.encrypted()).isTrue();
        migration.close();
    }

    @Test
    @DisplayName("a server's certificate that is wrong is told by what is wrong with it")
    void wrongServer() throws Exception {
        assertThat(open(parts("sslmode=verify-full"))).contains("authority that is not trusted");
        postgres.certify(other.issue("localhost"), authority.authority());
        assertThat(open(right("sslmode=verify-full"))).contains("authority that is not trusted");
        postgres.certify(authority.issue("db.example.com"), authority.authority());
        assertThat(open(right("sslmode=verify-full")))
                .contains("is for another host than localhost");
        assertThat(open(right("sslmode=verify-ca"))).startsWith("TLSv1.3");
        postgres.certify(authority.issueExpired("localhost"), authority.authority());
        assertThat(open(right("sslmode=verify-full"))).contains("has expired (");
        Sql.run(postgres, "ALTER SYSTEM SET ssl = off", "SELECT pg_reload_conf()");
        assertThat(open(right("sslmode=verify-full"))).contains("offers no TLS; switch it on");
    }

    @Test
    @DisplayName("so is a client's")
    void wrongClient() throws Exception {
        assertThat(open(parts("sslmode=verify-full", "DATABASE_CA_FILE", authority.authority())))
                .contains("DATABASE_CERT_FILE");
        assertThat(openAs(other.issue(Postgres.USER))).contains("DATABASE_CERT_FILE");
        assertThat(openAs(authority.issueExpired(Postgres.USER))).contains("DATABASE_CERT_FILE");
        // PostgreSQL tells a client no more than that; its own log has the name.
        assertThat(openAs(authority.issue("somebody"))).contains("(28P01)");
    }

    private static String openAs(Issued client) {
        return open(
                parts(
                        "sslmode=verify-full",
                        "DATABASE_CA_FILE",
                        authority.authority(),
                        "DATABASE_CERT_FILE",
                        client.certificate(),
                        "DATABASE_KEY_FILE",
                        client.key()));
    }

    // Would break: under TLS 1.3 what the server sends after the handshake looks like a message.
    @Test
    @DisplayName("the look into the socket is right under TLS: quiet, and the end of the session")
    void look() throws Exception {
        CompositionRoot parts = right("sslmode=verify-full");
        Connection connection = Parts.pool(parts).getConnection();
        assertThat(connection.isValid(1)).isTrue();
        connection.createStatement().execute("SELECT 1");
        assertThat(connection.isValid(1)).isTrue();
        assertThat(parts.openConnections().encrypted()).isEqualTo(1);
        Sql.run(
                postgres,
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'demeter'");
        assertThat(connection.isValid(1)).isFalse();
    }

    // Would break: a frozen database behind TLS holds requests and heartbeat for twice the timeout.
    @Test
    @DisplayName(
            "frozen, what waits ends within DB_SOCKET_TIMEOUT, and nothing given up is waited for")
    void frozen() throws Exception {
        CompositionRoot parts =
                new CompositionRoot(
                        Parts.settings(
                                postgres.url() + "?sslmode=verify-full",
                                "DATABASE_PASSWORD",
                                Postgres.PASSWORD,
                                "DATABASE_CA_FILE",
                                authority.authority().toString(),
                                "DATABASE_CERT_FILE",
                                ofClient.certificate().toString(),
                                "DATABASE_KEY_FILE",
                                ofClient.key().toString(),
                                "DB_CONNECT_TIMEOUT",
                                "5",
                                "DB_SOCKET_TIMEOUT",
                                "5"),
                        System::nanoTime);
        parts.heartbeat().start();
        Connection inFlight = Parts.pool(parts).getConnection();
        Connection idle = Parts.pool(parts).getConnection();
        assertThat(parts.heartbeat().confirm(Duration.ofSeconds(30))).isTrue();
        CompletableFuture<Duration> answered =
                CompletableFuture.supplyAsync(
                        () -> {
                            long asked = System.nanoTime();
                            try {
                                inFlight.createStatement().execute("SELECT pg_sleep(60)");
                            } catch (SQLException e) {
                                return Duration.ofNanos(System.nanoTime() - asked);
                            }
                            throw new IllegalStateException("it was answered");
                        });
        Until.holds(
                "asleep",
                () ->
                        Sql.number(
                                        postgres,
                                        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
                                == 1);
        postgres.freeze();
        try {
            assertThat(parts.heartbeat().confirm(Duration.ofMillis(1100))).isFalse();
            assertThat(Until.holds("lost", () -> parts.heartbeat().isLost()))
                    .isLessThan(Duration.ofSeconds(4));
            long closing = System.nanoTime();
            assertThat(idle.isValid(1)).isFalse();
            idle.close();
            assertThat(Duration.ofNanos(System.nanoTime() - closing))
                    .isLessThan(Duration.ofSeconds(1));
            assertThat(answered.get()).isBetween(Duration.ofSeconds(4), Duration.ofMillis(7500));
        } finally {
            postgres.thaw();
        }
        assertThat(Until.holds("regained", () -> !parts.heartbeat().isLost()))
                .isLessThan(Duration.ofSeconds(2));
    }
}
