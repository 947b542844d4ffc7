package ai.demeter.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The two roles of {@code server-config/postgresql/roles.sql}. Would break: an application that can
 * drop its tables, or one that cannot write what a later migration adds.
 */
class RolesTest {
    private static final Path ROLES =
            Path.of(System.getProperty("basedir", "."), "server-config/postgresql/roles.sql");
    private static final String OWNER = "demeter_owner";

    @TempDir static Path folder;
    private static Postgres postgres;

    @BeforeAll
    static void make() throws Exception {
        postgres = Postgres.start(folder.resolve("data"), Postgres.freePort());
        migrate(OWNER, OWNER, "classpath:db/migration");
    }

    private static void run() throws IOException, SQLException {
        Sql.run(postgres, Files.readString(ROLES));
    }

    private static void migrate(String user, String password, String... locations) {
        Flyway.configure()
                .dataSource(postgres.url(), user, password)
                .locations(locations)
                .load()
                .migrate();
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    private static Connection application() throws SQLException {
        return DriverManager.getConnection(postgres.url(), Postgres.USER, Postgres.PASSWORD);
    }

    private static void asApplication(String statement) throws SQLException {
        try (Connection connection = application();
                Statement session = connection.createStatement()) {
            session.execute(statement);
        }
    }

    @Test
    @DisplayName("Rows are read and written, in tables that were there and in those that come")
    void rows() throws Exception {
        Path more = Files.createDirectories(folder.resolve("more"));
        Files.writeString(
                more.resolve("V1000__more.sql"),
                "CREATE SEQUENCE more_id_seq; CREATE TABLE more (id bigint DEFAULT nextval('more_id_seq'), name text);");
        migrate(OWNER, OWNER, "classpath:db/migration", "filesystem:" + more);

        for (String table : new String[] {"warehouse", "more"}) {
            asApplication("SELECT nextval('" + table + "_id_seq')");
            asApplication("SELECT * FROM " + table);
            asApplication("UPDATE " + table + " SET name = 'x' WHERE id = 0");
            asApplication("DELETE FROM " + table + " WHERE id = 0");
        }
        asApplication("INSERT INTO more (name) VALUES ('x')");
        assertThat(Sql.number(postgres, "SELECT count(*) FROM more")).isOne();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TRUNCATE warehouse",
                "DROP TABLE warehouse",
                "ALTER TABLE warehouse ADD COLUMN more text",
                "CREATE INDEX more ON warehouse (name)",
                "CREATE TABLE public.more (id int)",
                "CREATE TEMPORARY TABLE more (id int)",
                "CREATE SCHEMA more",
                "SELECT rolpassword FROM pg_authid"
            })
    @DisplayName("The application's role is refused what it does not need")
    void refused(String statement) {
        assertThatThrownBy(() -> asApplication(statement))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        e -> assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo("42501"));
    }

    // Would break: behind a pooler nobody notices that commits wait for a standby that is away.
    @Test
    @DisplayName("The owner sees what the application's sessions wait for")
    void ownerSees() throws SQLException {
        try (Connection application = application();
                Connection owner = DriverManager.getConnection(postgres.url(), OWNER, OWNER)) {
            assertThat(application.isValid(1)).isTrue(); // it waits for its client from now on
            assertThat(
                            Sql.number(
                                    owner.createStatement(),
                                    "SELECT count(*) FROM pg_stat_activity WHERE usename = 'demeter' AND wait_event IS NOT NULL"))
                    .isPositive();
        }
    }

    @Test
    @DisplayName("Its search path is pinned")
    void searchPath() throws SQLException {
        try (Connection connection = application()) {
            assertThat(connection.getSchema()).isEqualTo("public");
            assertThat(
                            Sql.number(
                                    connection.createStatement(),
                                    "SELECT count(*) WHERE current_setting('search_path') = 'public, pg_temp'"))
                    .isOne();
        }
    }

    @Test
    @DisplayName("Nobody else may connect, and the script may be run again")
    void again() throws Exception {
        Sql.run(postgres, "CREATE ROLE stranger LOGIN PASSWORD 'stranger'");
        assertThatThrownBy(
                        () -> DriverManager.getConnection(postgres.url(), "stranger", "stranger"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        run();
        asApplication("SELECT * FROM warehouse");
    }
}
