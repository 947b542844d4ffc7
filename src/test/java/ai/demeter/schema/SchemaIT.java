package ai.demeter.schema;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.Until;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A schema that is not there yet, or cannot come, as readiness tells it. */
@Tag("fault")
class SchemaIT {
    private static final String MIGRATION_WAITS =
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'demeter-migration'"
                    + " AND wait_event_type = 'Lock'";

    // Would break: whoever deploys waits for a migration that can never succeed, or is woken by
    // one that is only held up; or a service whose role may too little is ready, and answers 500.
    @Test
    @DisplayName(
            "migrating while a lock holds it up, invalid once it fails; mended, invalid while the role may too little; granted, current")
    void states() throws Exception {
        try (Stack stack = Stack.database("schema")) {
            Files.deleteIfExists(stack.log());
            mayTooLittle(stack);
            try (Connection other = stack.postgres().superuser();
                    Statement statement = other.createStatement()) {
                other.setAutoCommit(false);
                statement.execute("CREATE TABLE warehouse (code text)");
                stack.startServer(Map.of());
                Until.holds("it waits", () -> Sql.number(stack.postgres(), MIGRATION_WAITS) == 1);
                Until.holds("the port is open", () -> stack.server().readiness() == 503);
                Until.holds("it says so", () -> down(stack).contains("\"state\":\"migrating\""));
                assertThat(stack.get("/api/warehouses").body())
                        .contains("urn:demeter:problem:database-unavailable");
                other.commit();
            }
            Until.holds("it says so", () -> down(stack).contains("\"state\":\"invalid\""));
            // A server may write its log a moment later.
            Until.holds(
                    "it is logged", () -> logged(stack, "Migrations or mapping are wrong") == 1);
            Sql.run(stack.postgres(), "DROP TABLE warehouse");
            for (String right :
                    List.of(
                            "The database role demeter lacks USAGE on schema public;",
                            "INSERT, DELETE on table warehouse",
                            "USAGE on sequence warehouse_id_seq")) {
                Until.holds("the log names it: " + right, () -> logged(stack, right) > 0);
            }
            assertThat(down(stack)).contains("\"state\":\"invalid\"");
            assertThat(stack.get("/api/warehouses").statusCode()).isEqualTo(503);
            Sql.run(
                    stack.postgres(),
                    "GRANT USAGE ON SCHEMA public TO demeter",
                    "GRANT INSERT, DELETE ON ALL TABLES IN SCHEMA public TO demeter",
                    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO demeter");
            Until.holds("current", () -> stack.get("/health/ready").statusCode() == 200);
            assertThat(
                            stack.post(
                                            "/api/warehouses",
                                            "{\"code\":\"TWO-1\",\"name\":\"Two roles\",\"type\":\"tunnel\"}")
                                    .statusCode())
                    .isEqualTo(201);
        }
    }

    // Would break: an instance that never became ready is there until it is killed.
    @Test
    @DisplayName("SIGTERM ends an instance whose schema is invalid, at once")
    void stopped() throws Exception {
        try (Stack stack = Stack.database("schema-stopped")) {
            Sql.run(stack.postgres(), "CREATE TABLE warehouse (code text)");
            stack.startServer(Map.of());
            Until.holds("the port is open", () -> stack.server().readiness() == 503);
            Until.holds("it says so", () -> down(stack).contains("\"state\":\"invalid\""));
            stack.server().process().destroy();
            assertThat(Until.holds("ended", () -> !stack.server().process().isAlive()))
                    .isLessThan(Duration.ofSeconds(10)); // SHUTDOWN_GRACE, for requests
        }
    }

    /**
     * What migrations make is not the application's to use. Each right, and those of a role that
     * may too much, is tried in {@link PrivilegesTest}.
     */
    private static void mayTooLittle(Stack stack) throws Exception {
        Sql.run(
                stack.postgres(),
                "ALTER DEFAULT PRIVILEGES FOR ROLE demeter_owner IN SCHEMA public REVOKE INSERT, DELETE ON TABLES FROM demeter",
                "ALTER DEFAULT PRIVILEGES FOR ROLE demeter_owner IN SCHEMA public REVOKE USAGE ON SEQUENCES FROM demeter",
                "REVOKE USAGE ON SCHEMA public FROM demeter");
    }

    /** What readiness answers while it is down. */
    private static String down(Stack stack) throws Exception {
        HttpResponse<String> answer = stack.get("/health/ready");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        return answer.body();
    }

    private static long logged(Stack stack, String part) throws Exception {
        return Files.exists(stack.log())
                ? Files.readAllLines(stack.log()).stream()
                        .filter(line -> line.contains(part))
                        .count()
                : 0;
    }
}
