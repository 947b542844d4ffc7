package ai.demeter.fault;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.fault.Clients.Answer;
import ai.demeter.run.Certificates;
import ai.demeter.run.Certificates.Issued;
import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.Until;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates, right and wrong, of a database that wants one of its client too. */
@Tag("fault")
class TlsIT {
    @TempDir private static Path directory;
    private static Certificates authority;
    private static Certificates other;
    private static Issued ofServer;
    private static Issued ofClient;
    private static Path trusted;
    private static Path certificate;
    private static Path key;
    private static Postgres postgres;
    private static Stack stack;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.database("tls");
        postgres = stack.postgres();
        authority = new Certificates(Files.createDirectory(directory.resolve("authority")));
        other = new Certificates(Files.createDirectory(directory.resolve("other")));
        ofServer = authority.issue("localhost");
        ofClient = authority.issue(Postgres.USER);
        trusted = Files.copy(authority.authority(), directory.resolve("ca.pem"));
        certificate = directory.resolve("client.pem");
        key = directory.resolve("client.key");
        identify(ofClient);
        postgres.certify(ofServer, authority.authority());
        postgres.requireCertificates();
        stack.startServer(
                Map.of(
                        "DATABASE_URL", postgres.url() + "?sslmode=verify-full",
                        "DATABASE_CA_FILE", trusted.toString(),
                        "DATABASE_CERT_FILE", certificate.toString(),
                        "DATABASE_KEY_FILE", key.toString()));
        stack.awaitReady();
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    @AfterEach
    void restore() throws Exception {
        Files.copy(authority.authority(), trusted, StandardCopyOption.REPLACE_EXISTING);
        identify(ofClient);
        postgres.certify(ofServer, authority.authority());
        Until.holds("ready", () -> stack.server().readiness() == 200);
    }

    /** As a rotation does it: one file after the other. */
    private static void identify(Issued issued) throws IOException {
        Files.copy(issued.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(issued.key(), key, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Callable<Answer> list() {
        return Clients.get(stack, "/api/warehouses?limit=1");
    }

    private static void endSessions() throws Exception {
        Sql.run(
                postgres,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '"
                        + Postgres.USER
                        + "'");
    }

    /** No new connection is possible: not ready, and the log says why, once. */
    private static void assertNotReady(String line) throws Exception {
        long before = lines(line);
        endSessions();
        Until.holds("not ready", () -> stack.server().readiness() == 503);
        Until.holds("the log says: " + line, () -> lines(line) > before);
        assertThat(Clients.one(list()).status()).isEqualTo(503);
        assertThat(lines(line)).isEqualTo(before + 1);
    }

    private static long lines(String containing) throws IOException {
        return Files.readAllLines(stack.log()).stream()
                .filter(line -> line.contains(containing))
                .count();
    }

    @Test
    @DisplayName("Pool and probe are encrypted, by the newest protocol, with our certificate")
    void encrypted() throws Exception {
        String sessions =
                "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = '"
                        + Postgres.USER
                        + "'";
        Until.holds("pool and probe are connected", () -> Sql.number(postgres, sessions) > 20);
        assertThat(
                        Sql.number(
                                postgres,
                                sessions
                                        + " AND (NOT ssl OR version <> 'TLSv1.3' OR client_dn <> '/CN=demeter')"))
                .isZero();
        // Some are looked at only, within half a second, and some are asked.
        assertThat(Clients.byStatus(Clients.atOnce(200, list()))).containsOnlyKeys(200);
    }

    @Test
    @DisplayName("A certificate of another authority: not ready, and told so")
    void otherAuthority() throws Exception {
        postgres.certify(other.issue("localhost"), authority.authority());
        assertNotReady("of an authority that is not trusted; put the authority's certificate into");
    }

    @Test
    @DisplayName("A certificate for another host: not ready, and told so")
    void otherHost() throws Exception {
        postgres.certify(authority.issue("db.example.com"), authority.authority());
        assertNotReady("certificate is for another host than localhost; name the host");
    }

    @Test
    @DisplayName("A certificate that has expired: not ready, and told so")
    void expired() throws Exception {
        postgres.certify(authority.issueExpired("localhost"), authority.authority());
        assertNotReady("has expired (");
    }

    @Test
    @DisplayName("A database without TLS: not ready, and told so")
    void noTls() throws Exception {
        Sql.run(postgres, "ALTER SYSTEM SET ssl = off");
        Sql.run(postgres, "SELECT pg_reload_conf()");
        assertNotReady("the database offers no TLS; switch it on there");
    }

    @Test
    @DisplayName("A client's certificate of another authority: not ready, and told so")
    void clientOfOtherAuthority() throws Exception {
        identify(other.issue(Postgres.USER));
        assertNotReady("DATABASE_CERT_FILE");
    }

    // Would break: each rotation is an outage, or needs a restart.
    @Test
    @DisplayName("Authority and both certificates rotated under load: no request fails")
    void rotation() throws Exception {
        try (Clients clients = new Clients(8, Integer.MAX_VALUE, list())) {
            Until.holds("requests", () -> clients.answered() > 200);
            Path both = directory.resolve("both.pem");
            Files.writeString(
                    both,
                    Files.readString(authority.authority()) + Files.readString(other.authority()));
            Files.copy(both, trusted, StandardCopyOption.REPLACE_EXISTING);
            replaceConnections(clients);
            postgres.certify(other.issue("localhost"), both);
            replaceConnections(clients);
            identify(other.issue(Postgres.USER));
            replaceConnections(clients);
            postgres.certify(other.issue("localhost"), other.authority());
            Files.copy(other.authority(), trusted, StandardCopyOption.REPLACE_EXISTING);
            replaceConnections(clients);
            int answered = clients.stop().size();
            assertThat(Clients.byStatus(clients.stop())).isEqualTo(Map.of(200, answered));
            Figures.record(stack, "certificates rotated under load, no request failed", answered);
        }
    }

    /** Ends what is idle, so that new ones are opened, and waits until that is over. */
    private static void replaceConnections(Clients clients) throws Exception {
        int killed = Sessions.killIdle(postgres);
        assertThat(killed).isPositive();
        int before = clients.answered();
        Until.holds("further requests", () -> clients.answered() > before + 200);
        assertThat(Until.holds("20 connections", () -> Sessions.open(postgres) >= 20))
                .isLessThan(Duration.ofSeconds(60));
    }
}
