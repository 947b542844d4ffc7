package ai.demeter.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The PgBouncer of {@code compose.yaml}, by its own configuration, on this machine. Would break:
 * one that does not start, or that talks in clear text.
 */
class ComposePoolerTest {
    private static final Path CONFIGURATION =
            Path.of(System.getProperty("basedir", "."), "server-config/compose/pgbouncer.ini");

    /** What depends on the machine. */
    private static final Set<String> OF_THE_PLACE =
            Set.of("demeterai", "listen_addr", "listen_port", "unix_socket_dir", "auth_file");

    @Test
    @DisplayName("It starts, and both of its ways are encrypted, the one to the database verified")
    void encrypted(@TempDir Path folder) throws Exception {
        assumeTrue(PgBouncer.installed().isPresent(), "PgBouncer is not installed");
        Certificates authority = new Certificates(folder);
        Certificates.Issued certificate = authority.issue("localhost");
        Files.copy(authority.authority(), folder.resolve("ca"));
        Files.copy(certificate.certificate(), folder.resolve("pgbouncer_certificate"));
        Files.copy(certificate.key(), folder.resolve("pgbouncer_key"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(
                folder.resolve("pgbouncer_key"), PosixFilePermissions.fromString("rw-r--r--"));
        Map<String, String> lines = new HashMap<>();
        for (String line : Files.readAllLines(CONFIGURATION)) {
            int sign = line.indexOf(" =");
            if (sign > 0
                    && !line.startsWith(";")
                    && !OF_THE_PLACE.contains(line.substring(0, sign))) {
                lines.put(
                        line.substring(0, sign),
                        line.substring(sign + 2).strip().replace("/etc/pgbouncer", "" + folder));
            }
        }
        assertThat(lines).containsKeys("client_tls_key_file", "server_tls_ca_file");
        try (Postgres postgres = Postgres.start(folder.resolve("data"), Postgres.freePort())) {
            postgres.certify(certificate, authority.authority());
            try (PgBouncer pooler = PgBouncer.start(postgres, lines)) {
                String url =
                        pooler.url() + "?sslmode=verify-full&sslrootcert=" + folder.resolve("ca");
                assertThat(encrypted(url)).isTrue();
            }
        }
    }

    /** As the database sees it; refused if the way to the pooler is not encrypted. */
    private static boolean encrypted(String url) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(url, Postgres.USER, Postgres.PASSWORD);
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
