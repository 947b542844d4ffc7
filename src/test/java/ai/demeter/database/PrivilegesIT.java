package ai.demeter.database;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.Until;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * A service whose role may too little. Would break: one that is ready and answers 500. Each right,
 * and those of a role that may too much, is tried in {@link PrivilegesTest}.
 */
class PrivilegesIT {
    private static Stack stack;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.database("privileges");
        Files.deleteIfExists(stack.log());
        // The database is new: each right is lacking before the first table is there.
        Sql.run(
                stack.postgres(),
                "ALTER DEFAULT PRIVILEGES FOR ROLE demeter_owner IN SCHEMA public REVOKE INSERT, DELETE ON TABLES FROM demeter",
                "ALTER DEFAULT PRIVILEGES FOR ROLE demeter_owner IN SCHEMA public REVOKE USAGE ON SEQUENCES FROM demeter",
                "REVOKE USAGE ON SCHEMA public FROM demeter");
        stack.startServer(Map.of());
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    @Test
    @DisplayName(
            "A role that may too little: not ready, the log says which rights, and granted they are noticed")
    void tooLittle() throws Exception {
        Until.holds(
                "the log names every right",
                Duration.ofMinutes(5), // for a start on a busy machine
                () ->
                        said().contains("The database role demeter lacks USAGE on schema public;")
                                && said().contains("INSERT, DELETE on table warehouse")
                                && said().contains("USAGE on sequence warehouse_id_seq"));
        assertThat(stack.get("/health/ready").statusCode()).isEqualTo(503);
        assertThat(stack.get("/health/ready").body()).contains("invalid");
        assertThat(stack.get("/api/warehouses").statusCode()).isEqualTo(503);

        Sql.run(
                stack.postgres(),
                "GRANT USAGE ON SCHEMA public TO demeter",
                "GRANT INSERT, DELETE ON ALL TABLES IN SCHEMA public TO demeter",
                "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO demeter");
        stack.awaitReady();
        assertThat(post("TWO-1")).isEqualTo(201);
    }

    private static int post(String code) throws Exception {
        return stack.post(
                        "/api/warehouses",
                        "{\"code\":\"" + code + "\",\"name\":\"Two roles\",\"type\":\"tunnel\"}")
                .statusCode();
    }

    private static String said() throws IOException {
        return Files.readString(stack.log());
    }
}
