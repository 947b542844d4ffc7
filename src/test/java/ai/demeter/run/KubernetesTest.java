package ai.demeter.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/**
 * The manifests in {@code server-config/kubernetes}, read by typed models. Would break: a property
 * that Kubernetes does not know is dropped without a word, and with it what it was to ensure.
 */
class KubernetesTest {
    private static final Path FOLDER =
            Path.of(System.getProperty("basedir", "."), "server-config/kubernetes");
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Map<String, Class<?>> MODELS =
            Map.of(
                    "deployment.yaml", Deployment.class,
                    "service.yaml", Service.class,
                    "disruption-budget.yaml", PodDisruptionBudget.class,
                    "network-policy.yaml", NetworkPolicy.class,
                    "service-monitor.yaml", ServiceMonitor.class);

    /** What the models call a property that they do not have. */
    private static final String UNKNOWN = "additionalProperties";

    private static JsonNode read(Path file) throws IOException {
        Map<String, Object> document = new Yaml().load(Files.readString(file));
        return MAPPER.valueToTree(document);
    }

    private static <T> T read(String file, Class<T> type) throws IOException {
        return MAPPER.treeToValue(read(FOLDER.resolve(file)), type);
    }

    /** The model's own fields, with those that it has put aside under a name of their own. */
    private static JsonNode fields(Object model) {
        return JsonMapper.builder()
                .disable(com.fasterxml.jackson.databind.MapperFeature.USE_ANNOTATIONS)
                .build()
                .valueToTree(model);
    }

    private static void assertKnown(String file, Object model) {
        for (JsonNode unknown : fields(model).findValues(UNKNOWN)) {
            assertThat(unknown).as(file).isEmpty();
        }
    }

    static TreeSet<String> files() {
        return new TreeSet<>(MODELS.keySet());
    }

    @ParameterizedTest
    @MethodSource("files")
    @DisplayName("Each manifest is of its kind and has no property that the kind does not know")
    void manifest(String file) throws IOException {
        Class<?> type = MODELS.get(file);
        JsonNode document = read(FOLDER.resolve(file));
        String group = type.getAnnotation(Group.class).value();
        String version = type.getAnnotation(Version.class).value();
        assertThat(document.path("kind").asText()).isEqualTo(type.getSimpleName());
        assertThat(document.path("apiVersion").asText())
                .isEqualTo(group.isEmpty() ? version : group + "/" + version);
        assertKnown(file, read(file, type));
    }

    @Test
    @DisplayName("A property that is not known is found, however deep")
    void unknown() throws IOException {
        Deployment deployment = read("deployment.yaml", Deployment.class);
        container(deployment).getReadinessProbe().setAdditionalProperty("failureTreshold", 1);
        assertThatThrownBy(() -> assertKnown("deployment.yaml", deployment))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    @DisplayName("The kustomization names every manifest that there is")
    void kustomization() throws IOException {
        assertThat(read(FOLDER.resolve("kustomization.yaml")).path("resources"))
                .extracting(JsonNode::asText)
                .containsExactlyInAnyOrderElementsOf(files());
    }

    private static PodSpec pod() throws IOException {
        return read("deployment.yaml", Deployment.class).getSpec().getTemplate().getSpec();
    }

    private static Container container(Deployment deployment) {
        return deployment.getSpec().getTemplate().getSpec().getContainers().get(0);
    }

    private static Container container() throws IOException {
        return container(read("deployment.yaml", Deployment.class));
    }

    @Test
    @DisplayName("Every variable is one of Demeter's, with a value that it takes")
    void variables() throws IOException {
        Map<String, String> environment = new LinkedHashMap<>();
        for (EnvVar variable : container().getEnv()) {
            assertThatCode(() -> Variable.valueOf(variable.getName()))
                    .as(variable.getName())
                    .doesNotThrowAnyException();
            // Files are mounted, and secrets are nobody's business.
            if (variable.getValue() != null && !variable.getName().endsWith("_FILE")) {
                environment.put(variable.getName(), variable.getValue());
            }
        }
        assertThatCode(() -> new Settings(environment)).doesNotThrowAnyException();
        Settings settings = new Settings(environment);
        assertThat(pod().getTerminationGracePeriodSeconds())
                .isEqualTo(
                        settings.number(Variable.SHUTDOWN_DELAY)
                                + settings.number(Variable.SHUTDOWN_GRACE)
                                + 10L);
        assertThat(container().getPorts().get(0).getContainerPort())
                .isEqualTo(settings.number(Variable.HTTP_PORT));
    }

    @Test
    @DisplayName("Every file that a variable names is mounted from the secret")
    void mounted() throws IOException {
        List<String> mounted =
                pod().getVolumes().get(1).getSecret().getItems().stream()
                        .map(item -> "/run/secrets/demeter/" + item.getPath())
                        .toList();
        assertThat(container().getEnv())
                .filteredOn(variable -> variable.getName().endsWith("_FILE"))
                .extracting(EnvVar::getValue)
                .containsExactlyInAnyOrderElementsOf(mounted);
    }

    @Test
    @DisplayName("Each probe asks its own path; liveness never readiness's")
    void probes() throws IOException {
        assertThat(
                        List.of(
                                path(container().getStartupProbe()),
                                path(container().getLivenessProbe()),
                                path(container().getReadinessProbe())))
                .containsExactly("/health/started", "/health/live", "/health/ready");
        // Readiness is answered within 2 s: a shorter patience would call a busy instance gone.
        assertThat(container().getReadinessProbe().getTimeoutSeconds()).isGreaterThan(2);
    }

    private static String path(Probe probe) {
        return probe.getHttpGet().getPath();
    }

    @Test
    @DisplayName("An ordinary user, a read-only root, no capabilities, no token")
    void confined() throws IOException {
        SecurityContext context = container().getSecurityContext();
        assertThat(context.getReadOnlyRootFilesystem()).isTrue();
        assertThat(context.getAllowPrivilegeEscalation()).isFalse();
        assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(pod().getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod().getAutomountServiceAccountToken()).isFalse();
        assertThat(Files.readString(FOLDER.resolve("../../Dockerfile")))
                .contains("USER " + pod().getSecurityContext().getRunAsUser() + ":");
    }

    @Test
    @DisplayName("kubectl builds it, where there is one, with Demeter's label in every selector")
    void kubectl() throws Exception {
        Process kubectl;
        try {
            kubectl =
                    new ProcessBuilder("kubectl", "kustomize", FOLDER.toString())
                            .redirectErrorStream(true)
                            .start();
        } catch (IOException e) {
            assumeTrue(false, "kubectl is not installed");
            return;
        }
        String built = new String(kubectl.getInputStream().readAllBytes());
        assertThat(kubectl.waitFor()).as(built).isZero();
        for (Object document : new Yaml().loadAll(built)) {
            JsonNode one = MAPPER.valueToTree(document);
            JsonNode selector = one.path("spec").path("selector");
            if (one.path("kind").asText().equals("NetworkPolicy")) {
                selector = one.path("spec").path("podSelector");
            }
            assertThat(selector.toString())
                    .as(one.path("kind").asText())
                    .contains("\"app.kubernetes.io/name\":\"demeter\"");
        }
    }
}
