package ai.demeter.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SecretProjection;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/**
 * The overlay {@code server-config/cloudnative-pg}, as kubectl builds it. Would break: secrets of
 * which a part stays the base's, or a database that acknowledges what one machine alone has.
 */
class CloudNativePgTest {
    private static final Path FOLDER =
            Path.of(System.getProperty("basedir", "."), "server-config/cloudnative-pg");
    private static final JsonMapper MAPPER = new JsonMapper();

    /** Each document by its kind. */
    private static Map<String, JsonNode> built() throws Exception {
        Process kubectl;
        try {
            kubectl = new ProcessBuilder("kubectl", "kustomize", FOLDER.toString()).start();
        } catch (IOException e) {
            assumeTrue(false, "kubectl is not installed");
            return Map.of();
        }
        String text = new String(kubectl.getInputStream().readAllBytes());
        String failure = new String(kubectl.getErrorStream().readAllBytes());
        assertThat(kubectl.waitFor()).as(failure).isZero();
        Map<String, JsonNode> documents = new HashMap<>();
        for (Object document : new Yaml().loadAll(text)) {
            JsonNode one = MAPPER.valueToTree(document);
            documents.put(one.path("kind").asText(), one);
        }
        return documents;
    }

    @Test
    @DisplayName(
            "The cluster: three, on nodes of their own, nothing acknowledged that one alone has")
    void cluster() throws IOException {
        Map<String, Object> text =
                new Yaml().load(Files.readString(FOLDER.resolve("cluster.yaml")));
        JsonNode spec = MAPPER.valueToTree(text).path("spec");
        assertThat(spec.path("instances").asInt()).isEqualTo(3);
        assertThat(spec.path("imageName").asText()).matches(".+:18\\.[0-9]+");
        JsonNode postgresql = spec.path("postgresql");
        assertThat(postgresql.path("synchronous").path("number").asInt()).isEqualTo(1);
        assertThat(postgresql.path("synchronous").path("dataDurability").asText())
                .isEqualTo("required");
        assertThat(spec.path("affinity").path("podAntiAffinityType").asText())
                .isEqualTo("required");
        int instances = 3; // during an update
        assertThat(postgresql.path("parameters").path("max_connections").asInt())
                .isGreaterThanOrEqualTo(
                        instances * (new Settings(Map.of()).poolMaximum() + 2) + 10);
        assertThat(spec.path("bootstrap").path("initdb").path("owner").asText())
                .isEqualTo(Postgres.OWNER);
        assertThat(spec.path("managed").path("roles").path(0).path("name").asText())
                .isEqualTo(Postgres.USER);
    }

    @Test
    @DisplayName("The service connects to the primary, with the operator's secrets and no others")
    void deployment() throws Exception {
        Map<String, JsonNode> documents = built();
        assertThat(documents.get("ConfigMap").path("data").has("roles.sql")).isTrue();
        assertThat(documents.get("ConfigMap").path("metadata").path("name").asText())
                .isEqualTo("demeter-roles");
        String cluster = documents.get("Cluster").path("metadata").path("name").asText();
        PodSpec pod =
                MAPPER.treeToValue(documents.get("Deployment"), Deployment.class)
                        .getSpec()
                        .getTemplate()
                        .getSpec();
        Container container = pod.getContainers().get(0);
        Map<String, EnvVar> variables = new HashMap<>();
        container.getEnv().forEach(variable -> variables.put(variable.getName(), variable));
        assertThat(variables.keySet())
                .allSatisfy(
                        name ->
                                assertThatCode(() -> Variable.valueOf(name))
                                        .doesNotThrowAnyException());
        assertThat(variables.get("DATABASE_URL").getValue())
                .isEqualTo("jdbc:postgresql://" + cluster + "-rw:5432/demeterai");
        assertThat(variables.get("DATABASE_URL_SYNC").getValueFrom().getSecretKeyRef().getName())
                .isEqualTo(cluster + "-app");
        Volume database =
                pod.getVolumes().stream()
                        .filter(volume -> volume.getName().equals("database"))
                        .findAny()
                        .orElseThrow();
        assertThat(database.getSecret()).isNull();
        List<SecretProjection> secrets =
                database.getProjected().getSources().stream()
                        .map(VolumeProjection::getSecret)
                        .toList();
        assertThat(secrets)
                .extracting(SecretProjection::getName)
                .containsExactly("demeter-application", cluster + "-ca");
        assertThat(secrets)
                .flatExtracting(SecretProjection::getItems)
                .extracting(item -> "/run/secrets/demeter/" + item.getPath())
                .containsExactlyInAnyOrder(
                        variables.get("DATABASE_PASSWORD_FILE").getValue(),
                        variables.get("DATABASE_CA_FILE").getValue());
    }
}
