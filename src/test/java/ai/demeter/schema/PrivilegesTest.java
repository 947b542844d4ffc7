package ai.demeter.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is said of a role's rights, against a PostgreSQL that was migrated by the owner. Would
 * break: an application that is ready and answers 500, or one that may drop its tables unnoticed.
 */
class PrivilegesTest {
    @TempDir static Path folder;
    private static Postgres postgres;

    @BeforeAll
    static void migrate() throws Exception {
        postgres = Postgres.start(folder.resolve("data"), Postgres.freePort());
        Flyway.configure()
                .dataSource(postgres.url(), Postgres.OWNER, Postgres.OWNER_PASSWORD)
                .locations("classpath:db/migration")
                .load()
                .migrate();
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @AfterEach
    void grant() throws SQLException {
        Sql.run(
                postgres,
                "GRANT USAGE ON SCHEMA public TO demeter",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO demeter",
                "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO demeter",
                "DROP TABLE IF EXISTS of_others");
    }

    private static Connection owner() throws SQLException {
        return DriverManager.getConnection(postgres.url(), Postgres.OWNER, Postgres.OWNER_PASSWORD);
    }

    private static Connection application() throws SQLException {
        return DriverManager.getConnection(postgres.url(), Postgres.USER, Postgres.PASSWORD);
    }

    private static Privileges privileges() throws SQLException {
        try (Connection migration = owner();
                Connection pool = application()) {
            return Privileges.of(migration, pool);
        }
    }

    @Test
    @DisplayName("With the two roles nothing is missing and nothing is said")
    void enough() throws SQLException {
        Privileges privileges = privileges();
        assertThatCode(privileges::require).doesNotThrowAnyException();
        assertThat(privileges.warnings()).isEmpty();
        assertThat(privileges.role()).isEqualTo("demeter");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    USAGE ON SCHEMA public            | USAGE on schema public
                    INSERT, DELETE ON warehouse       | INSERT, DELETE on table warehouse
                    SELECT ON warehouse               | SELECT on table warehouse
                    UPDATE ON warehouse               | UPDATE on table warehouse
                    USAGE ON SEQUENCE warehouse_id_seq | USAGE on sequence warehouse_id_seq
                    """)
    @DisplayName("Each right that is missing is named")
    void tooLittle(String revoked, String named) throws SQLException {
        Sql.run(postgres, "REVOKE " + revoked + " FROM demeter");
        assertThat(privileges().missing()).containsExactly(named);
        assertThatThrownBy(privileges()::require)
                .isInstanceOf(Privileges.Missing.class)
                .hasMessageStartingWith("The database role demeter lacks " + named + ". ")
                .hasMessageContaining("server-config/postgresql/roles.sql");
    }

    @Test
    @DisplayName("What others keep in the same database is not Demeter's business")
    void others() throws SQLException {
        Sql.run(postgres, "CREATE TABLE of_others (id int)");
        assertThat(privileges().missing()).isEmpty();
    }

    @Test
    @DisplayName("A role that owns the tables is warned of, with their names")
    void ownsTables() throws SQLException {
        try (Connection migration = owner();
                Connection pool = owner()) {
            Privileges privileges = Privileges.of(migration, pool);
            assertThat(privileges.missing()).isEmpty();
            assertThat(privileges.warnings())
                    .singleElement()
                    .asString()
                    .startsWith("The database role demeter_owner owns tables and may drop them: ")
                    .contains("warehouse");
        }
    }

    @Test
    @DisplayName("So is a superuser")
    void superuser() throws SQLException {
        try (Connection migration = owner();
                Connection pool = postgres.superuser()) {
            assertThat(Privileges.of(migration, pool).warnings())
                    .singleElement()
                    .asString()
                    .startsWith("The database role postgres is a superuser");
        }
    }
}
