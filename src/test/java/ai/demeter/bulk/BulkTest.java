package ai.demeter.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.demeter.database.Failure;
import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** COPY and the partitions that it fills, as the application's role, against a PostgreSQL. */
class BulkTest {
    private static final long NEVER = Long.MAX_VALUE;
    private static final String IN =
            "COPY detection (area_id, detected_at, product, size, confidence, count) FROM STDIN";
    private static final String ROW = "1\t%s\tRosa\t\\N\t0.5\t3\n";

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
        Sql.run(
                postgres,
                "INSERT INTO warehouse VALUES (1, 'GH-01', 'n', 'tunnel', true, 0, now(), now())",
                "INSERT INTO area VALUES (1, 1, 'A-01', 'n', NULL, true, 0, now(), now())");
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    private static Connection application() throws SQLException {
        return DriverManager.getConnection(postgres.url(), Postgres.USER, Postgres.PASSWORD);
    }

    private static long in(Connection connection, String rows) throws SQLException {
        return Bulk.in(connection, IN, rows.getBytes(StandardCharsets.UTF_8), NEVER);
    }

    // Would break: a load would be acknowledged in part, or its failure leave rows.
    @Test
    @DisplayName("what COPY stores is part of the transaction, and rolled back with it")
    void transaction() throws SQLException {
        try (Connection connection = application()) {
            connection.setAutoCommit(false);
            String row = ROW.formatted("2026-01-02T03:04:05Z");
            assertThat(in(connection, row + row)).isEqualTo(2);
            assertThat(in(connection, row)).isEqualTo(1);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            Bulk.out(connection, "COPY (SELECT count(*) FROM detection) TO STDOUT", out, NEVER);
            assertThat(out).hasToString("3\n");
            connection.rollback();
            assertThat(Sql.number(postgres, "SELECT count(*) FROM detection")).isZero();
        }
    }

    // Would break: a connection that is still in COPY goes back to the pool.
    @Test
    @DisplayName("after rows that are refused the connection serves again")
    void refused() throws SQLException {
        try (Connection connection = application()) {
            connection.setAutoCommit(false);
            String row = ROW.formatted("2026-01-02T03:04:05Z");
            assertThatThrownBy(() -> in(connection, row + row.replace("1\t", "99\t")))
                    .satisfies(
                            e ->
                                    assertThat(Failure.of(e).kind())
                                            .isEqualTo(Failure.Kind.UNKNOWN_REFERENCE));
            connection.rollback();
            assertThat(in(connection, row)).isEqualTo(1);
            connection.rollback();
        }
    }

    @Test
    @DisplayName("a detection is stored in the partition of its month, or in that of all others")
    void partitions() throws SQLException {
        try (Connection connection = application()) {
            connection.setAutoCommit(false);
            in(connection, ROW.formatted("2001-01-01T00:00:00Z"));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            Bulk.out(
                    connection,
                    "COPY (SELECT tableoid::regclass FROM detection) TO STDOUT",
                    out,
                    NEVER);
            assertThat(out).hasToString("detection_other\n");
            connection.rollback();
        }
        assertThat(
                        Sql.number(
                                postgres,
                                "SELECT count(*) FROM pg_inherits WHERE inhparent = 'detection'::regclass"))
                .as("a year back, three months ahead, this one and the others")
                .isGreaterThanOrEqualTo(17);
    }

    // Would break: no partition is ever made by a role that may not create tables.
    @Test
    @DisplayName("the application's role may have a month made, once, and no table else")
    void months() throws SQLException {
        String month = "SELECT detection_month((now() + interval '5 months')::date)::int";
        try (Connection connection = application()) {
            assertThat(Sql.number(connection.createStatement(), month)).isOne();
            assertThat(Sql.number(connection.createStatement(), month)).isZero();
            assertThat(
                            Sql.number(
                                    connection.createStatement(),
                                    "SELECT detection_month((now() + interval '2 years')::date)::int"))
                    .isZero();
            assertThat(
                            Sql.number(
                                    connection.createStatement(),
                                    "SELECT count(*) FROM detection_"
                                            + text(
                                                    connection,
                                                    "SELECT to_char(now() + interval '5 months', 'YYYY_MM')")))
                    .isZero();
        }
    }

    @Test
    @DisplayName("a month of which some are stored elsewhere already stays there")
    void late() throws SQLException {
        try (Connection connection = application()) {
            String time =
                    text(
                            connection,
                            "SELECT to_char(now() + interval '7 months', 'YYYY-MM-DD') || 'T00:00:00Z'");
            in(connection, ROW.formatted(time));
            assertThat(
                            Sql.number(
                                    connection.createStatement(),
                                    "SELECT detection_month((now() + interval '7 months')::date)::int"))
                    .isZero();
            assertThat(Sql.number(postgres, "SELECT count(*) FROM detection_other")).isOne();
            Sql.run(postgres, "DELETE FROM detection");
        }
    }

    private static String text(Connection connection, String query) throws SQLException {
        try (var rows = connection.createStatement().executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
