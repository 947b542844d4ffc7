package ai.demeter.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/**
 * {@code compose.yaml} and what it mounts, which no test starts. Would break: a variable, a file or
 * a secret that is renamed, and whoever tries it out finds that out in the end.
 */
class ComposeTest {
    private static final Path CHECKOUT = Path.of(System.getProperty("basedir", "."));
    private static final Path FOLDER = CHECKOUT.resolve("server-config/compose");
    private static final List<String> INSTANCES = List.of("demeter-1", "demeter-2");

    private static JsonNode compose;

    @BeforeAll
    static void read() throws IOException {
        LoaderOptions strict = new LoaderOptions();
        strict.setAllowDuplicateKeys(false);
        Object document = new Yaml(strict).load(Files.readString(CHECKOUT.resolve("compose.yaml")));
        compose = new JsonMapper().valueToTree(document);
    }

    private static JsonNode service(String name) {
        return compose.path("services").path(name);
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    /** The lines {@code name = value} of a configuration. */
    private static Map<String, String> lines(String file) throws IOException {
        Map<String, String> lines = new HashMap<>();
        for (String line : Files.readAllLines(FOLDER.resolve(file))) {
            if (!line.startsWith(";") && line.contains(" =")) {
                int sign = line.indexOf(" =");
                lines.put(line.substring(0, sign), line.substring(sign + 2).strip());
            }
        }
        return lines;
    }

    private static Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        service("demeter-1")
                .path("environment")
                .fields()
                .forEachRemaining(each -> environment.put(each.getKey(), each.getValue().asText()));
        return environment;
    }

    @Test
    @DisplayName(
            "Every variable of the two instances is one of Demeter's, with a value that it takes")
    void variables() {
        Map<String, String> environment = environment();
        assertThat(environment.keySet())
                .allSatisfy(
                        name ->
                                assertThatCode(() -> Variable.valueOf(name))
                                        .doesNotThrowAnyException());
        assertThat(service("demeter-2").path("environment"))
                .isEqualTo(service("demeter-1").path("environment"));
        assertThat(environment)
                .containsEntry("DATABASE_PASSWORD_FILE", "/run/secrets/demeter")
                .containsEntry("DATABASE_CA_FILE", "/run/secrets/ca")
                .doesNotContainKey("DATABASE_PASSWORD");
        environment.keySet().removeIf(name -> name.endsWith("_FILE"));
        Settings settings = new Settings(environment);
        assertThat(settings.warnings()).isEmpty();
        assertThat(service("demeter-1").path("stop_grace_period").asText())
                .isEqualTo(
                        settings.number(Variable.SHUTDOWN_DELAY)
                                + settings.number(Variable.SHUTDOWN_GRACE)
                                + 12
                                + "s");
    }

    @Test
    @DisplayName(
            "PgBouncer has room for the connections of both, and lets the limits of the role be")
    void budget() throws IOException {
        Map<String, String> environment = environment();
        environment.keySet().removeIf(name -> name.endsWith("_FILE"));
        Map<String, String> pooler = lines("pgbouncer.ini");
        assertThat(Integer.parseInt(pooler.get("max_client_conn")))
                .isGreaterThanOrEqualTo(INSTANCES.size() * new Settings(environment).poolMaximum());
        assertThat(pooler)
                .containsEntry("pool_mode", "transaction")
                .containsEntry("listen_port", "6432")
                .containsEntry("server_tls_sslmode", "verify-full")
                .containsEntry("ignore_startup_parameters", "options,extra_float_digits");
        Settings defaults = new Settings(environment);
        assertThat(Files.readString(FOLDER.resolve("passwords.sh")))
                .contains(
                        "statement_timeout = '"
                                + defaults.number(Variable.DB_STATEMENT_TIMEOUT)
                                + "s'")
                .contains("lock_timeout = '" + defaults.number(Variable.DB_LOCK_TIMEOUT) + "s'")
                .contains(
                        "idle_in_transaction_session_timeout = '"
                                + defaults.number(Variable.DB_IDLE_IN_TRANSACTION_TIMEOUT)
                                + "s'");
    }

    @Test
    @DisplayName(
            "What a service mounts is there, what it waits for as well, and images have a version")
    void complete() {
        compose.path("services")
                .fields()
                .forEachRemaining(
                        each -> {
                            JsonNode service = each.getValue();
                            for (String volume : texts(service.path("volumes"))) {
                                String source = volume.substring(0, volume.indexOf(':'));
                                assertThat(
                                                source.startsWith(".")
                                                        ? Files.exists(CHECKOUT.resolve(source))
                                                        : compose.path("volumes").has(source))
                                        .as(volume)
                                        .isTrue();
                            }
                            JsonNode after = service.path("depends_on");
                            List<String> names = new ArrayList<>(texts(after));
                            if (after.isObject()) {
                                names.clear();
                                after.fieldNames().forEachRemaining(names::add);
                            }
                            assertThat(names).allMatch(name -> compose.path("services").has(name));
                            assertThat(texts(service.path("secrets")))
                                    .allMatch(name -> compose.path("secrets").has(name));
                            if (!service.has("build")) {
                                assertThat(service.path("image").asText()).matches(".+:v?[0-9].*");
                            }
                        });
    }

    @Test
    @DisplayName("secrets.sh makes all of them, once, and certificates that verify")
    void secrets(@TempDir Path folder) throws Exception {
        assumeTrue(isThere("openssl", "version"), "openssl is not installed");
        run("sh", FOLDER.resolve("secrets.sh").toString(), folder.toString());
        for (JsonNode secret : compose.path("secrets")) {
            String file = secret.path("file").asText();
            assertThat(file).startsWith(".secrets/");
            assertThat(folder.resolve(file.substring(".secrets/".length()))).isNotEmptyFile();
        }
        String owner = Files.readString(folder.resolve("owner.env"));
        assertThat(owner)
                .startsWith("DATABASE_URL_SYNC=jdbc:postgresql://postgresql:5432/demeterai?user=");
        assertThatCode(
                        () ->
                                new Settings(
                                        Map.of(
                                                "DATABASE_URL_SYNC",
                                                owner.strip().substring(owner.indexOf('=') + 1))))
                .doesNotThrowAnyException();
        for (String host : List.of("postgresql", "pgbouncer")) {
            run(
                    "openssl",
                    "verify",
                    "-verify_hostname",
                    host,
                    "-CAfile",
                    folder.resolve("ca").toString(),
                    folder.resolve(host + "_certificate").toString());
        }
        String password = Files.readString(folder.resolve("demeter"));
        run("sh", FOLDER.resolve("secrets.sh").toString(), folder.toString());
        assertThat(folder.resolve("demeter")).hasContent(password);
        assertThat(folder.resolve("pgbouncer_users")).content().contains(password.strip());
    }

    @Test
    @DisplayName("haproxy takes its configuration, where there is one, with both instances")
    void haproxy() throws Exception {
        assertThat(FOLDER.resolve("haproxy.cfg"))
                .content()
                .contains("/health/ready", "demeter-1:8080", "demeter-2:8080");
        assumeTrue(isThere("haproxy", "-v"), "haproxy is not installed");
        run("haproxy", "-c", "-f", FOLDER.resolve("haproxy.cfg").toString());
    }

    @Test
    @DisplayName("Prometheus asks both instances by the path and with the alerts of the example")
    void prometheus() throws IOException {
        JsonNode here = yaml(FOLDER.resolve("prometheus.yml"));
        JsonNode example = yaml(CHECKOUT.resolve("server-config/monitoring/prometheus.yml"));
        JsonNode job = here.path("scrape_configs").path(0);
        assertThat(job.path("metrics_path"))
                .isEqualTo(example.path("scrape_configs").path(0).path("metrics_path"));
        assertThat(texts(job.path("static_configs").path(0).path("targets")))
                .containsExactly("demeter-1:8080", "demeter-2:8080");
        assertThat(here.path("rule_files")).isEqualTo(example.path("rule_files"));
    }

    @Test
    @DisplayName("Every file of the folder is mounted, or is what makes the secrets")
    void used() throws IOException {
        String text = Files.readString(CHECKOUT.resolve("compose.yaml"));
        try (Stream<Path> files = Files.list(FOLDER)) {
            assertThat(new TreeSet<>(files.map(each -> each.getFileName().toString()).toList()))
                    .allMatch(name -> text.contains("server-config/compose/" + name));
        }
    }

    private static JsonNode yaml(Path file) throws IOException {
        Object document = new Yaml().load(Files.readString(file));
        return new JsonMapper().valueToTree(document);
    }

    private static boolean isThere(String... command) {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(said).isZero();
    }
}
