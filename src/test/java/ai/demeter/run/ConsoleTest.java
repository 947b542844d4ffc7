package ai.demeter.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Would break: who runs {@code mvn -Prun} would not find what it says among what a server says. */
class ConsoleTest {
    private static final String PAYARA =
            "[2026-11-25T02:49:13.394+0000] [] [\u001b[1;92mINFO\u001b[0m] [] [\u001b[1;94m%s\u001b[0m]"
                    + " [tid: _ThreadID=1 _ThreadName=main] [timeMillis: 1795574953394] [levelValue: 800] %s\n";
    private static final String WILDFLY =
            "\u001b[0m\u001b[0m00:46:20,312 INFO  [%s] (ServerService Thread Pool -- 76) %s\n";

    @TempDir private Path directory;

    @Test
    @DisplayName("of both servers' logs it shows Demeter's own messages, and nothing else")
    void ours() throws Exception {
        assertThat(
                        shown(
                                PAYARA.formatted(
                                        "ai.demeter.schema.Schema", "Ready: 6 connections"),
                                PAYARA.formatted("fish.payara.Boot", "ai.demeter.Schema (x) y"),
                                "\n",
                                PAYARA.formatted(
                                        "ai.demeter.http.Api", "[[\n  Wrong (42): it\n\tat x\n]]"),
                                WILDFLY.formatted(
                                        "ai.demeter.schema.Schema", "Schema at version (1)"),
                                WILDFLY.formatted("org.jboss.as", "Deployed \"demeter.war\"")))
                .isEqualTo("Ready: 6 connections\nWrong (42): it\nSchema at version (1)\n");
    }

    @Test
    @DisplayName("a long message is cut: the file has all of it")
    void cut() throws Exception {
        assertThat(shown(WILDFLY.formatted("ai.demeter.X", "x".repeat(1000)))).hasSize(203);
    }

    @Test
    @DisplayName("it waits until something is said, and not for ever")
    void waits() throws Exception {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        Path log = directory.resolve("server.log");
        try (Console console =
                new Console(log, new PrintStream(shown, true, StandardCharsets.UTF_8))) {
            console.await("Ready: ", Duration.ofMillis(50));
            assertThat(shown.size()).isZero();
            Files.writeString(log, WILDFLY.formatted("ai.demeter.X", "Ready: 20"));
            console.await("Ready: ", Duration.ofMinutes(1));
            Until.holds("it is shown", () -> shown.size() > 0);
        }
    }

    private String shown(String... lines) throws Exception {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        Console console =
                new Console(
                        directory.resolve("target/server.log"),
                        new PrintStream(shown, true, StandardCharsets.UTF_8));
        Files.writeString(console.log(), String.join("", lines));
        console.close();
        return shown.toString(StandardCharsets.UTF_8);
    }
}
