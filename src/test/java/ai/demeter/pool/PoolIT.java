package ai.demeter.pool;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.TableLock;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The borders of the pool, as PostgreSQL sees them. */
class PoolIT {
    private static final String SESSIONS =
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'demeter'";
    private static final int CLIENTS = 200;
    private static Stack stack;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.shared();
    }

    @BeforeEach
    @AfterEach
    void empty() throws SQLException {
        Sql.run(stack.postgres(), "DELETE FROM warehouse");
    }

    @Test
    @DisplayName("200 clients at once are all served, by 30 connections at most")
    void crowd() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try (Connection connection = stack.postgres().superuser();
                Statement statement = connection.createStatement();
                TableLock lock = new TableLock(stack.postgres())) {
            List<Future<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                String warehouse =
                        "{\"code\":\"C-%d\",\"name\":\"n\",\"type\":\"tunnel\"}".formatted(i);
                answers.add(clients.submit(() -> stack.post("/api/warehouses", warehouse)));
            }
            // Behind the lock the pool grows to its maximum, and then the crowd goes through.
            long most = 0;
            long deadline = System.nanoTime() + 4_000_000_000L; // before DB_LOCK_TIMEOUT
            while (most < 30 && System.nanoTime() < deadline) {
                most = Math.max(most, Sql.number(statement, SESSIONS));
            }
            lock.release();
            while (!answers.stream().allMatch(Future::isDone)) {
                most = Math.max(most, Sql.number(statement, SESSIONS));
            }
            for (Future<HttpResponse<String>> answer : answers) {
                assertThat(answer.get().statusCode()).as(answer.get().body()).isEqualTo(201);
            }
            assertThat(most).isLessThanOrEqualTo(30).isGreaterThan(20);
            assertThat(Sql.number(statement, "SELECT count(*) FROM warehouse")).isEqualTo(CLIENTS);
        } finally {
            clients.shutdown();
        }
    }
}
