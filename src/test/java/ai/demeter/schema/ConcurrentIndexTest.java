package ai.demeter.schema;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import ai.demeter.run.Until;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A migration that takes long while others serve (docs/scale.md): the index is made without a lock
 * that writers wait for.
 */
class ConcurrentIndexTest {
    @TempDir Path folder;
    private Postgres postgres;

    @BeforeEach
    void start() throws Exception {
        postgres = Postgres.start(folder.resolve("data"), Postgres.freePort());
    }

    @AfterEach
    void stop() throws Exception {
        postgres.close();
    }

    // Would break: instances of the former version answer 503 while the new one migrates, or the
    // migration waits for a lock of its own and never ends.
    @Test
    @DisplayName("CREATE INDEX CONCURRENTLY waits for a writer, and others write meanwhile")
    void writersGoOn() throws Exception {
        migrations("classpath:db/migration").migrate();
        CompletableFuture<?> migrated;
        try (Connection slow = application()) {
            slow.setAutoCommit(false);
            insert(slow, "SLOW");
            migrated =
                    CompletableFuture.runAsync(
                            () ->
                                    migrations("classpath:db/migration", "classpath:db/concurrent")
                                            .migrate());
            Until.holds(
                    "it waits for the writer",
                    () ->
                            Sql.number(
                                            postgres,
                                            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%CONCURRENTLY%'"
                                                    + " AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()")
                                    == 1);
            try (Connection other = application();
                    Statement statement = other.createStatement()) {
                statement.execute("SET lock_timeout = '2s'");
                insert(other, "OTHER");
            }
            assertThat(migrated).isNotDone();
            slow.commit();
        }
        migrated.join();
        assertThat(
                        Sql.number(
                                postgres,
                                "SELECT count(*) FROM pg_index WHERE indisvalid"
                                        + " AND indexrelid = 'warehouse_name_idx'::regclass"))
                .isOne();
    }

    private Migrations migrations(String... locations) {
        PGSimpleDataSource owner = new PGSimpleDataSource();
        owner.setUrl(postgres.url());
        owner.setUser(Postgres.OWNER);
        owner.setPassword(Postgres.OWNER_PASSWORD);
        return new Migrations(owner, locations);
    }

    private Connection application() throws SQLException {
        return DriverManager.getConnection(postgres.url(), Postgres.USER, Postgres.PASSWORD);
    }

    private static void insert(Connection connection, String code) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "INSERT INTO warehouse (id, code, name, type, active, version, created_at, updated_at)"
                            + " VALUES (nextval('warehouse_id_seq'), '"
                            + code
                            + "', 'x', 'tunnel', true, 0, now(), now())");
        }
    }
}
