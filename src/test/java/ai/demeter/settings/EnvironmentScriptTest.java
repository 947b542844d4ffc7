package ai.demeter.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.Driver;

/** Otherwise the servers would start with numbers that nobody checked, or run what is no number. */
class EnvironmentScriptTest {
    private static final Path SERVER_CONFIG =
            Path.of(System.getProperty("checkout", "."), "server-config").toAbsolutePath();

    @TempDir private static Path directory;
    private static Path home;

    private record Result(int status, String output, String errors) {}

    @BeforeAll
    static void install() throws Exception {
        home = Files.createDirectory(directory.resolve("a path with spaces"));
        Files.createFile(home.resolve("demeter.war"));
        Files.copy(locationOf(Driver.class), home.resolve("postgresql.jar"));
        Path classes = locationOf(Settings.class);
        try (OutputStream file = Files.newOutputStream(home.resolve("demeter-connection.jar"));
                JarOutputStream jar = new JarOutputStream(file);
                Stream<Path> files = Files.walk(classes.resolve("ai/demeter/settings"))) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                jar.putNextEntry(new JarEntry(classes.relativize(each).toString()));
                Files.copy(each, jar);
            }
        }
    }

    private static Path locationOf(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    /** Sources the script, as the start scripts do, and runs a line after it. */
    private static Result source(Map<String, String> environment, String then)
            throws IOException, InterruptedException {
        Path errors = Files.createTempFile(directory, "errors", "");
        ProcessBuilder shell =
                new ProcessBuilder(
                        "sh",
                        "-euc",
                        "here=$1; demeter_home=$2; . \"$here/../environment.sh\"; " + then,
                        "sh",
                        SERVER_CONFIG.resolve("wildfly").toString(),
                        home.toString());
        shell.environment().keySet().removeIf(name -> name.startsWith("DB_"));
        shell.environment().putAll(environment);
        Process process = shell.redirectError(errors.toFile()).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output, Files.readString(errors));
    }

    // Would break: the start with an agent, or worse, with one whose output is a command.
    @Test
    @DisplayName(
            "only what Settings wrote is evaluated, whatever JAVA_TOOL_OPTIONS writes to the standard output")
    void toolOptions() throws Exception {
        Result result =
                source(
                        Map.of(
                                "JAVA_TOOL_OPTIONS",
                                "-Xlog:class+load=info:stdout -Xlog:gc*=debug:stdout",
                                "DB_POOL_SIZE",
                                " 7 "),
                        "echo \"size=$DB_POOL_SIZE maximum=$DB_POOL_MAXIMUM\"");
        assertThat(result.errors()).contains("java.lang.Object source:");
        assertThat(result.output()).isEqualTo("size=7 maximum=17\n");
        assertThat(result.status()).isZero();
    }

    @Test
    @DisplayName("a value that cannot be used ends the start: 64, and one line")
    void invalid() throws Exception {
        Result result = source(Map.of("DB_POOL_SIZE", "$(echo 5)"), "echo started");
        assertThat(result.status()).isEqualTo(64);
        assertThat(result.errors().lines())
                .containsExactly(
                        "DB_POOL_SIZE: got \"$(echo 5)\", takes a whole number from 1 to 1000");
        assertThat(result.output()).isEmpty();
    }

    // Would break: after a failover that moves a name, the old address is used for half a minute.
    @Test
    @DisplayName("names are looked up again after a second, those not found as well")
    void lookups() throws Exception {
        Path program = directory.resolve("Policy.java");
        Files.writeString(
                program,
                """
                public class Policy {
                    public static void main(String[] a) {
                        for (String name : new String[] {"ttl", "negative.ttl"}) {
                            System.out.println(
                                java.security.Security.getProperty("networkaddress.cache." + name));
                        }
                    }
                }
                """);
        Result result =
                source(Map.of(), "\"$java\" \"$network_options\" $jvm_options '" + program + "'");
        assertThat(result.output().lines()).containsExactly("1", "1");
    }
}
