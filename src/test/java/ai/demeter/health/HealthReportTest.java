package ai.demeter.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HealthReportTest {

    // Would break: an instance that is sent requests because one of its checks is content.
    @Test
    @DisplayName("all of them are UP, or the whole is not")
    void worst() {
        HealthReport report =
                HealthReport.of(
                        Stream.of(
                                answers("b", Status.UP, Map.of()),
                                answers("a", Status.DOWN, Map.of())));
        assertThat(report.isUp()).isFalse();
        assertThat(report.checks()).extracting(HealthReport.Check::name).containsExactly("a", "b");
        assertThat(HealthReport.of(Stream.of(answers("b", Status.UP, Map.of()))).isUp()).isTrue();
    }

    // Would break: a check with a fault of its own, which takes the whole answer with it.
    @Test
    @DisplayName("a check that throws is DOWN, and the others are asked all the same")
    void broken() {
        HealthCheck broken =
                () -> {
                    throw new IllegalStateException("for the test");
                };
        HealthReport report = HealthReport.of(Stream.of(broken, answers("b", Status.UP, Map.of())));
        assertThat(report.isUp()).isFalse();
        assertThat(report.checks()).hasSize(2);
        assertThat(report.toString()).doesNotContain("for the test");
    }

    // Would break: figures that are numbers on one server and texts on the other.
    @Test
    @DisplayName("it is written as MicroProfile Health has it, data in the order of their names")
    void json() throws Exception {
        HealthReport report =
                HealthReport.of(
                        Stream.of(answers("a", Status.UP, Map.of("waiting", 0L, "state", "up"))));
        assertThat(new JsonMapper().writeValueAsString(report))
                .isEqualTo(
                        "{\"status\":\"UP\",\"checks\":[{\"name\":\"a\",\"status\":\"UP\",\"data\":{\"state\":\"up\",\"waiting\":0}}]}");
    }

    private static HealthCheck answers(String name, Status status, Map<String, Object> data) {
        return () -> new HealthCheckResponse(name, status, Optional.of(data));
    }
}
