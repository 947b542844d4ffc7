package ai.demeter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Stack;
import ai.demeter.run.Until;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The alerts and the dashboard in {@code server-config/monitoring}, held against the service. */
class MonitoringIT {
    private static final Path FILES =
            Path.of(System.getProperty("checkout", "."), "server-config", "monitoring");

    private static Scrape scrape;

    @BeforeAll
    static void scrape() throws Exception {
        Stack stack = Stack.shared();
        assertThat(stack.get("/api/warehouses").statusCode()).isEqualTo(200);
        // Where the example of a configuration tells Prometheus to look.
        Map<?, ?> job = (Map<?, ?>) ((List<?>) yaml("prometheus.yml").get("scrape_configs")).get(0);
        assertThat(stack.get(job.get("metrics_path").toString()).statusCode()).isEqualTo(200);
        collectGarbage(stack);
        Until.holds("a collection", () -> Scrape.of(stack).sum("jvm_gc_pause_seconds_count") > 0);
        scrape = Scrape.of(stack);
    }

    /** The metrics of collections begin with the first, which may be long in coming. */
    private static void collectGarbage(Stack stack) throws Exception {
        ProcessHandle jvm =
                stack.server().processes().stream()
                        .filter(each -> each.info().command().orElse("").endsWith("java"))
                        .findFirst()
                        .orElseThrow();
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process command =
                new ProcessBuilder(jcmd, Long.toString(jvm.pid()), "GC.run")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertThat(command.waitFor()).isZero();
    }

    // Would break: an alert on a metric that was renamed never fires, and nobody sees that.
    @Test
    void alertsNameMetricsThatExist() throws Exception {
        assertThat(metrics(alerts().values()))
                .hasSizeGreaterThanOrEqualTo(6)
                .isSubsetOf(scrape.names());
    }

    // Would break: one of the five is gone.
    @Test
    void thereAreFiveAlerts() throws Exception {
        assertThat(alerts().keySet())
                .containsExactly(
                        "DemeterDatabaseDown for 1m",
                        "DemeterPoolNearlyExhausted for 5m",
                        "DemeterRequestsSlow for 5m",
                        "DemeterRequestsWaiting for 1m",
                        "DemeterServerErrors for 1m");
        assertThat(yaml("prometheus.yml").get("rule_files")).isEqualTo(List.of("alerts.yml"));
    }

    // Would break: a panel stays empty after a metric was renamed.
    @Test
    void dashboardNamesMetricsThatExist() throws Exception {
        JsonNode dashboard = new JsonMapper().readTree(FILES.resolve("dashboard.json").toFile());
        List<String> expressions = dashboard.path("panels").findValuesAsText("expr");
        assertThat(expressions).hasSizeGreaterThan(20);
        for (JsonNode variable : dashboard.path("templating").path("list")) {
            // label_values(<selector>, <label>)
            variable.path("query")
                    .findValuesAsText("query")
                    .forEach(query -> expressions.add(query.replaceAll(",\\s*\\w+\\)$", ")")));
        }
        assertThat(metrics(expressions)).hasSizeGreaterThan(15).isSubsetOf(scrape.names());
    }

    private static Map<String, String> alerts() throws IOException {
        Map<String, String> alerts = new TreeMap<>();
        for (Object group : (List<?>) yaml("alerts.yml").get("groups")) {
            for (Object rule : (List<?>) ((Map<?, ?>) group).get("rules")) {
                Map<?, ?> alert = (Map<?, ?>) rule;
                alerts.put(
                        alert.get("alert") + " for " + alert.get("for"),
                        alert.get("expr").toString());
            }
        }
        return alerts;
    }

    private static Map<?, ?> yaml(String file) throws IOException {
        return new Yaml().load(Files.readString(FILES.resolve(file)));
    }

    /** The names in PromQL that are not functions, labels or keywords. */
    private static Set<String> metrics(Iterable<String> expressions) {
        Set<String> metrics = new TreeSet<>();
        for (String expression : expressions) {
            String names =
                    expression
                            .replaceAll("\"[^\"]*\"", "")
                            .replaceAll("\\{[^}]*}|\\[[^]]*]", "")
                            .replaceAll("\\b(by|ignoring)\\s*\\([^)]*\\)", "");
            Matcher matcher = Pattern.compile("[A-Za-z_]\\w*\\b(?!\\s*\\()").matcher(names);
            List<String> found = new ArrayList<>();
            while (matcher.find()) {
                found.add(matcher.group());
            }
            assertThat(found).as(expression).isNotEmpty();
            metrics.addAll(found);
        }
        return metrics;
    }
}
