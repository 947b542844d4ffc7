package ai.demeter.health;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Readiness;
import ai.demeter.run.Stack;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Health on the application port of both servers: what an orchestrator acts upon. */
class HealthIT {
    private static Stack stack;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.shared();
    }

    @Test
    @DisplayName("readiness says how database and schema are, and nothing else has a say in it")
    void ready() throws Exception {
        assertThat(checks("/health/ready"))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("database", "UP state=up", "schema", "UP state=current"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health/live", "/health/started"})
    @DisplayName("liveness and startup know only the process, not the database")
    void process(String path) throws Exception {
        assertThat(checks(path)).doesNotContainKeys("database", "schema").containsValue("UP");
    }

    @Test
    @DisplayName("/health has all of them")
    void all() throws Exception {
        assertThat(checks("/health"))
                .containsEntry("database", "UP state=up")
                .containsEntry("schema", "UP state=current")
                .containsKey("process");
    }

    // Would break: who looks at a slow instance cannot tell a full pool from an idle one.
    @Test
    @DisplayName("the database's check carries the figures of the pool")
    void figures() throws Exception {
        JsonNode data = Readiness.database(stack.get("/health/ready").body());
        assertThat(data.path("active").asInt(-1)).isBetween(0, 30);
        assertThat(data.path("idle").asInt(-1)).isBetween(0, 30);
        assertThat(data.path("waiting").asText()).isEqualTo("0");
        assertThat(data.path("max").asText()).isEqualTo("30");
    }

    private static Map<String, String> checks(String path) throws Exception {
        HttpResponse<String> answer = stack.get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElse(""))
                .startsWith("application/json");
        JsonNode body = new JsonMapper().readTree(answer.body());
        assertThat(body.path("status").textValue()).isEqualTo("UP");
        Map<String, String> checks = new TreeMap<>();
        for (JsonNode check : body.path("checks")) {
            JsonNode state = check.path("data").path("state");
            checks.put(
                    check.path("name").textValue(),
                    check.path("status").textValue()
                            + (state.isMissingNode() ? "" : " state=" + state.textValue()));
        }
        return checks;
    }
}
