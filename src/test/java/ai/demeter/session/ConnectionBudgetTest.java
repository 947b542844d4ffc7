package ai.demeter.session;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Postgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Would break: four instances start, and under load the last of them is refused connections that
 * nobody had counted.
 */
class ConnectionBudgetTest {
    @TempDir private static Path directory;
    private static Postgres postgres;
    private final List<Connection> opened = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        postgres = Postgres.start(directory.resolve("data"), Postgres.freePort());
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @AfterEach
    void close() throws SQLException {
        for (Connection connection : opened) {
            connection.close();
        }
    }

    private Connection connect(String name) throws SQLException {
        Connection connection =
                DriverManager.getConnection(
                        postgres.url() + "?ApplicationName=" + name,
                        Postgres.USER,
                        Postgres.PASSWORD);
        opened.add(connection);
        return connection;
    }

    @Test
    @DisplayName("instances are counted by their probes, others as they are")
    void counted() throws SQLException {
        connect("demeter-probe");
        connect("demeter-probe");
        connect("psql");
        ConnectionBudget budget = ConnectionBudget.of(connect("demeter"));
        assertThat(budget.instances()).isEqualTo(2);
        assertThat(budget.others()).isEqualTo(1);
        // What PostgreSQL comes with: 100, of which 3 are for superusers.
        assertThat(budget.allowed()).isBetween(90, 297);
    }

    @Test
    @DisplayName("those that fit are not spoken of; one more, and the arithmetic is said")
    void warning() {
        assertThat(new ConnectionBudget(97, 3, 1).warning(30)).isEmpty();
        assertThat(new ConnectionBudget(97, 3, 2).warning(30))
                .hasValueSatisfying(
                        warning ->
                                assertThat(warning)
                                        .startsWith(
                                                "3 instances may open 96 connections, beside 2 of others, and the database allows 97: lower DB_POOL_SIZE"));
    }
}
