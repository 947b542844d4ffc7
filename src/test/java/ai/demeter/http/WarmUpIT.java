package ai.demeter.http;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the service asks itself before it is ready. */
class WarmUpIT {
    private static final String SESSIONS =
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'demeter'";

    // Would break: the first clients after each deployment wait ten times as long as the others, or
    // for connections that are yet to be opened; or find warehouses, and counts of requests, that
    // nobody made.
    @Test
    @DisplayName(
            "ready after requests to itself, of which neither data nor metrics bear a trace, with 20 connections open")
    void leavesNoTrace() throws Exception {
        try (Stack stack = Stack.start("warm-up", Map.of())) {
            assertThat(Files.readString(stack.log()))
                    .containsPattern("Warmed up by [1-9][0-9]* requests to itself");
            assertThat(Sql.number(stack.postgres(), SESSIONS)).isEqualTo(20);
            assertThat(Sql.number(stack.postgres(), "SELECT count(*) FROM warehouse")).isZero();
            assertThat(stack.get("/api/metrics").body())
                    .doesNotContain("http_server_requests_seconds_count")
                    .contains("demeter_pool_usage_seconds_count 0\n");
        }
    }
}
