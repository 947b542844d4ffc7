package ai.demeter.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Otherwise the service would start with settings other than those it was given. */
class SettingsTest {
    @TempDir private Path directory;

    @Test
    @DisplayName("with nothing set, the documented defaults hold")
    void defaults() {
        Settings settings = settings();
        assertThat(settings.database()).isEqualTo("jdbc:postgresql://localhost:5432/demeterai");
        assertThat(settings.poolMaximum()).isEqualTo(30);
        assertThat(settings.seconds(Variable.DB_POOL_RECYCLE)).isEqualTo(Duration.ofHours(1));
        assertThat(settings.flag(Variable.DB_POOL_PRE_PING)).isTrue();
        assertThat(settings.migrationUrl()).isSameAs(settings.poolUrl());
        assertThat(settings.credentials(settings.poolUrl()))
                .isEqualTo(credentials("demeter", null));
        assertThat(settings.warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "DATABASE_URL, mysql://db/d",
        "DATABASE_PASSWORD_FILE, no/such/file",
        "DATABASE_URL_SYNC, nonsense",
        "DB_POOL_SIZE, 0",
        "DB_MAX_OVERFLOW, -1",
        "DB_POOL_TIMEOUT, 30s",
        "DB_POOL_RECYCLE, never",
        "DB_POOL_PRE_PING, maybe",
        "DB_CONNECT_TIMEOUT, 0",
        "DB_VALIDATION_TIMEOUT, 0",
        "DB_STATEMENT_TIMEOUT, 0",
        "DB_LOCK_TIMEOUT, 0",
        "DB_IDLE_IN_TRANSACTION_TIMEOUT, 0",
        "DB_TRANSACTION_TIMEOUT, 0",
        "DB_SOCKET_TIMEOUT, 0",
        "DB_ECHO_SQL, 2",
        "HTTP_PORT, 70000",
        "SHUTDOWN_GRACE, 10s",
        "SHUTDOWN_DELAY, 0s",
        "STATUS_PAGE, no",
        "DB_SLOW_STATEMENT, 1s",
        "LOG_FORMAT, xml"
    })
    @DisplayName("each variable that cannot be used stops the start in one line with its name")
    void refused(Variable variable, String value) {
        assertThatThrownBy(() -> settings(variable.name(), value))
                .isInstanceOf(InvalidVariable.class)
                .satisfies(
                        e ->
                                assertThat(e.getMessage())
                                        .startsWith(variable + ": ")
                                        .contains("takes")
                                        .doesNotContain("\n"));
    }

    @Test
    @DisplayName("the password is any text, from the variable, the file or the URL")
    void password() throws Exception {
        String any = "  p\u00e4ss'\"\\`$(x);:@/?#%2F \ud83c\udf31\t";
        assertThat(password("DATABASE_PASSWORD", any)).isEqualTo(any);
        assertThat(password("DATABASE_PASSWORD_FILE", file(any + "\n"))).isEqualTo(any);
        assertThat(password("DATABASE_URL", "postgresql://u:p%40w@db/d")).isEqualTo("p@w");
    }

    @ParameterizedTest
    @CsvSource({"'s3cret'", "'s3cret\n'", "'s3cret\r\n'"})
    @DisplayName("one line break at the end of the password file is the editor's")
    void lineBreak(String content) throws Exception {
        assertThat(password("DATABASE_PASSWORD_FILE", file(content))).isEqualTo("s3cret");
    }

    @Test
    @DisplayName("only one, and only at the end")
    void otherLineBreaks() throws Exception {
        assertThat(password("DATABASE_PASSWORD_FILE", file("\na\nb\n\n"))).isEqualTo("\na\nb\n");
    }

    @Test
    @DisplayName("the password file wins over the variable and is read anew for each connection")
    void rotation() throws Exception {
        String file = file("first\n");
        Settings settings =
                settings("DATABASE_PASSWORD_FILE", file, "DATABASE_PASSWORD", "variable");
        assertThat(settings.credentials(settings.poolUrl()))
                .isEqualTo(credentials("demeter", "first"));
        Files.writeString(Path.of(file), "second");
        assertThat(settings.credentials(settings.poolUrl()))
                .isEqualTo(credentials("demeter", "second"));
        Files.delete(Path.of(file));
        assertThatThrownBy(() -> settings.credentials(settings.poolUrl()))
                .isInstanceOf(InvalidVariable.class)
                .hasMessageStartingWith("DATABASE_PASSWORD_FILE: got ");
    }

    @Test
    @DisplayName("a password file that is a directory or no UTF-8 is refused")
    void unreadable() throws Exception {
        Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xC3, 0x28});
        for (Path bad : new Path[] {directory, binary}) {
            assertThatThrownBy(() -> settings("DATABASE_PASSWORD_FILE", bad.toString()))
                    .isInstanceOf(InvalidVariable.class)
                    .hasMessageEndingWith("takes a file that can be read as UTF-8");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "DATABASE_USER, postgresql://u@db/d",
        "DATABASE_PASSWORD, postgresql://u:s3cret@db/d",
        "DATABASE_PASSWORD, jdbc:postgresql://db/d?password=s3cret",
        "DATABASE_PASSWORD_FILE, postgresql://u:s3cret@db/d"
    })
    @DisplayName("two sources of a credential are refused: either could be the wrong one")
    void twoSources(Variable variable, String url) throws Exception {
        assertThatThrownBy(() -> settings(variable.name(), file("s3cret"), "DATABASE_URL", url))
                .isInstanceOf(InvalidVariable.class)
                .hasMessage(
                        variable
                                + ": is set, and DATABASE_URL carries one as well; remove one of them");
    }

    @Test
    @DisplayName("migrations take what DATABASE_URL_SYNC carries, and the pool's for the rest")
    void migration() {
        Settings own =
                settings(
                        "DATABASE_URL",
                        "postgresql://pool:pool-s3cret@bouncer/d",
                        "DATABASE_URL_SYNC",
                        "jdbc:postgresql://db/d?user=owner&password=owner-s3cret");
        assertThat(own.migrationUrl().jdbc()).isEqualTo("jdbc:postgresql://db/d");
        assertThat(own.credentials(own.migrationUrl()))
                .isEqualTo(credentials("owner", "owner-s3cret"));
        assertThat(own.credentials(own.poolUrl())).isEqualTo(credentials("pool", "pool-s3cret"));

        Settings none =
                settings(
                        "DATABASE_URL",
                        "postgresql://pool:pool-s3cret@bouncer/d",
                        "DATABASE_URL_SYNC",
                        "jdbc:postgresql://db/d");
        assertThat(none.credentials(none.migrationUrl()))
                .isEqualTo(credentials("pool", "pool-s3cret"));

        Settings variables =
                settings(
                        "DATABASE_USER",
                        "u",
                        "DATABASE_PASSWORD",
                        "s3cret",
                        "DATABASE_URL_SYNC",
                        "postgresql://owner:p@db/d");
        assertThat(variables.credentials(variables.migrationUrl()))
                .isEqualTo(credentials("owner", "p"));
        assertThat(variables.credentials(variables.poolUrl()))
                .isEqualTo(credentials("u", "s3cret"));
    }

    @Test
    @DisplayName("the summary in the log tells what holds, without secrets")
    void summary() throws Exception {
        assertThat(
                        settings(
                                        "DATABASE_URL",
                                        "postgresql://u:s3cret@db/d",
                                        "DATABASE_URL_SYNC",
                                        "postgresql://o:s3cret@db2/d",
                                        "DB_POOL_SIZE",
                                        "7")
                                .summary())
                .startsWith(
                        "DATABASE_URL=jdbc:postgresql://db/d as u DATABASE_URL_SYNC=jdbc:postgresql://db2/d as o"
                                + " DB_POOL_SIZE=7 DB_MAX_OVERFLOW=10 ")
                .endsWith(
                        " HTTP_PORT=8080 SHUTDOWN_GRACE=10 SHUTDOWN_DELAY=0 DB_POOL_QUEUE=200 HTTP_BODY_TIMEOUT=20 IDEMPOTENCY_HOURS=24 DB_READ_POOL_SIZE=10 DB_READ_MAX_OVERFLOW=5 METRICS_AUTH=false STATUS_PAGE=true DB_SLOW_STATEMENT=1000 LOG_FORMAT=text")
                .doesNotContain("s3cret")
                .doesNotContain("\n");
        assertThat(settings("DATABASE_PASSWORD", "s3cret").summary()).doesNotContain("s3cret");
        assertThat(settings("DATABASE_PASSWORD_FILE", file("s3cret")).summary())
                .doesNotContain("s3cret");
    }

    @Test
    @DisplayName("what the status page shows tells what differs from its default, without secrets")
    void shown() {
        Settings settings =
                settings(
                        "DATABASE_URL", "postgresql://u:s3cret@db/d",
                        "DATABASE_URL_SYNC", "postgresql://o:s3cret@db2/d",
                        "DB_POOL_SIZE", "7",
                        "DB_MAX_OVERFLOW", "10");
        assertThat(settings.shown()).extracting(Shown::variable).containsExactly(Variable.values());
        assertThat(settings.shown())
                .contains(
                        new Shown(Variable.DATABASE_USER, "u", false),
                        new Shown(Variable.DB_POOL_SIZE, "7", true),
                        new Shown(Variable.DB_MAX_OVERFLOW, "10", false))
                .noneMatch(shown -> shown.value().contains("s3cret"));
        assertThat(settings("DATABASE_PASSWORD", "s3cret").shown())
                .contains(new Shown(Variable.DATABASE_PASSWORD, "(set)", true))
                .noneMatch(shown -> shown.value().contains("s3cret"));
    }

    @Test
    @DisplayName("limits that undo each other are named")
    void warnings() {
        assertThat(settings("DB_STATEMENT_TIMEOUT", "20").warnings())
                .containsExactly(
                        "DB_STATEMENT_TIMEOUT (20 s) is not below DB_TRANSACTION_TIMEOUT (20 s):"
                                + " it will never be the one that ends a request");
        assertThat(settings("DB_LOCK_TIMEOUT", "100", "DB_SOCKET_TIMEOUT", "1").warnings())
                .hasSize(2);
    }

    @Test
    @DisplayName("a read replica has the pool's user and password, and threads for its reads")
    void replica() {
        Settings none = settings();
        Settings one =
                settings(
                        "DATABASE_URL_READ",
                        "postgresql://replica:5433/demeterai",
                        "DATABASE_PASSWORD",
                        "s3cret",
                        "DB_READ_POOL_SIZE",
                        "3",
                        "DB_READ_MAX_OVERFLOW",
                        "1");
        assertThat(none.replica()).isEmpty();
        ReadReplica replica = one.replica().orElseThrow();
        assertThat(replica.url().jdbc()).isEqualTo("jdbc:postgresql://replica:5433/demeterai");
        assertThat(one.credentials(replica.url())).isEqualTo(credentials("demeter", "s3cret"));
        assertThat(one.encryption(replica.url())).containsEntry("sslmode", "verify-full");
        assertThat(replica.poolSize()).isEqualTo(3);
        assertThat(replica.poolMaximum()).isEqualTo(4);
        assertThat(one.httpThreads()).isEqualTo(none.httpThreads() + 4);
        assertThat(one.summary())
                .contains("DATABASE_URL_READ=jdbc:postgresql://replica:5433/demeterai")
                .doesNotContain("s3cret");
        assertThat(none.summary()).doesNotContain("DATABASE_URL_READ");
    }

    @Test
    @DisplayName("several replicas are refused: what one has replayed says nothing of another")
    void severalReplicas() {
        assertThatThrownBy(
                        () -> settings("DATABASE_URL_READ", "jdbc:postgresql://one,two/demeterai"))
                .isInstanceOf(InvalidVariable.class)
                .hasMessageContaining("DATABASE_URL_READ")
                .hasMessageContaining("several hosts");
    }

    @Test
    @DisplayName("the start scripts get every number and what the servers cannot compute")
    void assignments() {
        String printed =
                printed(
                        "DB_POOL_SIZE",
                        " 007 ",
                        "DB_POOL_RECYCLE",
                        "61",
                        "DB_POOL_TIMEOUT",
                        "3",
                        "DB_ECHO_SQL",
                        "TRUE",
                        "DATABASE_PASSWORD",
                        "s3cret");
        assertThat(printed.lines())
                .allMatch(line -> line.matches("export [A-Z_]+=[a-z0-9]+"))
                .contains(
                        "export DB_POOL_SIZE=7",
                        "export DB_POOL_MAXIMUM=17",
                        "export DB_READ_POOL_MAXIMUM=15",
                        "export DB_POOL_TIMEOUT_MILLIS=3000",
                        // 17 at work, 200 waiting, 100 whose bodies arrive, 20 for probes.
                        "export HTTP_THREADS=337",
                        "export DB_ECHO_SQL=true",
                        "export HTTP_PORT=8080",
                        "export SHUTDOWN_GRACE=10",
                        "export SHUTDOWN_DELAY=0",
                        "export DB_POOL_QUEUE=200",
                        "export HTTP_BODY_TIMEOUT=20",
                        "export IDEMPOTENCY_HOURS=24",
                        "export STATUS_PAGE=true",
                        "export DB_SLOW_STATEMENT=1000",
                        "export LOG_FORMAT=text")
                .noneMatch(line -> line.contains("DATABASE_"));
    }

    private static String printed(String... variables) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StartScript.print(
                settings(variables), new java.io.PrintStream(out, true, StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }

    private static String password(String... variables) {
        Settings settings = settings(variables);
        return settings.credentials(settings.poolUrl()).getProperty("password");
    }

    private static Properties credentials(String user, String password) {
        Properties expected = new Properties();
        expected.setProperty("user", user);
        if (password != null) {
            expected.setProperty("password", password);
        }
        return expected;
    }

    private String file(String content) throws java.io.IOException {
        return Files.writeString(Files.createTempFile(directory, "password", null), content)
                .toString();
    }

    private static Settings settings(String... variables) {
        Map<String, String> environment = new HashMap<>();
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return new Settings(environment);
    }

    // Would break: the connection to a database elsewhere can be read and changed by anyone.
    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db.example.com/demeterai, verify-full",
        "jdbc:postgresql://10.0.0.7:5432/demeterai, verify-full",
        "'jdbc:postgresql://localhost,db.example.com/demeterai', verify-full",
        "postgresql://u:p@db/demeterai, verify-full",
        "jdbc:postgresql://db/demeterai?sslmode=disable, disable",
        "jdbc:postgresql://localhost:5432/demeterai, prefer",
        "jdbc:postgresql://127.0.0.1/demeterai, prefer",
        "'jdbc:postgresql://[::1]:5432/demeterai', prefer",
        "jdbc:postgresql:demeterai, prefer",
        "jdbc:postgresql://localhost/demeterai?ssl=true, verify-full",
        "jdbc:postgresql://localhost/demeterai?ssl=false, prefer",
        "jdbc:postgresql://localhost.example.com/demeterai, verify-full"
    })
    @DisplayName("a host other than this machine is verified, unless the URL says how")
    void sslMode(String url, String mode) {
        Settings settings = new Settings(Map.of("DATABASE_URL", url));
        assertThat(settings.encryption(settings.poolUrl()))
                .containsEntry("sslmode", mode)
                .containsEntry("requireAuth", "!password");
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db/demeterai, 0",
        "jdbc:postgresql://db/demeterai?sslmode=verify-ca, 0",
        "jdbc:postgresql://localhost/demeterai?sslmode=disable, 0",
        "jdbc:postgresql://db/demeterai?sslmode=require, 1",
        "jdbc:postgresql://db/demeterai?sslmode=prefer, 1",
        "jdbc:postgresql://db/demeterai?sslmode=disable, 1"
    })
    @DisplayName("encryption that checks nothing is warned of, once")
    void unverified(String url, int warnings) {
        assertThat(new Settings(Map.of("DATABASE_URL", url)).warnings()).hasSize(warnings);
    }

    @Test
    @DisplayName("the files of TLS must be readable, and have one source")
    void tlsFiles(@TempDir Path directory) throws IOException {
        String file = Files.createFile(directory.resolve("ca.pem")).toString();
        Settings settings = new Settings(Map.of("DATABASE_CA_FILE", file));
        assertThat(settings.encryption(settings.poolUrl())).containsEntry("sslrootcert", file);
        assertThatThrownBy(() -> new Settings(Map.of("DATABASE_KEY_FILE", file + "x")))
                .isInstanceOf(InvalidVariable.class)
                .hasMessageContaining("DATABASE_KEY_FILE")
                .hasMessageContaining("takes a file that can be read");
        assertThatThrownBy(
                        () ->
                                new Settings(
                                        Map.of(
                                                "DATABASE_CA_FILE",
                                                file,
                                                "DATABASE_URL",
                                                "jdbc:postgresql://db/d?sslrootcert=" + file)))
                .isInstanceOf(InvalidVariable.class)
                .hasMessageContaining("DATABASE_CA_FILE");
    }
}
