package ai.demeter.health;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/**
 * What several checks say together, in the form of MicroProfile Health 4.0 ("REST interfaces
 * specifications"): {@code UP} if each of them is.
 */
@JsonPropertyOrder({"status", "checks"})
public record HealthReport(HealthCheckResponse.Status status, List<Check> checks) {
    private static final Logger LOG = Logger.getLogger(HealthReport.class.getName());

    /** What one check says, its data by name. */
    @JsonPropertyOrder({"name", "status", "data"})
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Check(String name, HealthCheckResponse.Status status, Map<String, Object> data) {}

    /** Asks each check, in turn; one that throws is {@code DOWN}. */
    public static HealthReport of(Stream<HealthCheck> checks) {
        List<Check> answers =
                checks.map(HealthReport::ask).sorted(Comparator.comparing(Check::name)).toList();
        boolean up =
                answers.stream().allMatch(check -> check.status == HealthCheckResponse.Status.UP);
        return new HealthReport(
                up ? HealthCheckResponse.Status.UP : HealthCheckResponse.Status.DOWN, answers);
    }

    private static Check ask(HealthCheck check) {
        try {
            HealthCheckResponse response = check.call();
            return new Check(
                    response.getName(),
                    response.getStatus(),
                    new TreeMap<>(response.getData().orElse(Map.of())));
        } catch (RuntimeException e) {
            LOG.log(Level.SEVERE, "A health check failed", e);
            return new Check("failed", HealthCheckResponse.Status.DOWN, Map.of());
        }
    }

    @JsonIgnore
    public boolean isUp() {
        return status == HealthCheckResponse.Status.UP;
    }
}
