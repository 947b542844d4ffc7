package ai.demeter.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What the Dockerfile asks a server for its health. Would break: every instance restarted while the
 * database is away, or none that hangs.
 */
class ImageIT {
    private static final Path DOCKERFILE = Path.of(System.getProperty("checkout"), "Dockerfile");

    @Test
    @DisplayName("HEALTHCHECK is content with a server whose database is away, not with none")
    void healthcheck() throws Exception {
        Stack stack = Stack.shared();
        int port = stack.server().base().getPort();
        assertThat(check(port)).as("database up").isZero();
        stack.postgres().close();
        try {
            Until.holds("not ready", () -> stack.server().readiness() == 503);
            assertThat(check(port)).as("database down").isZero();
        } finally {
            stack.postgres().start();
            stack.awaitReady();
        }
        assertThat(check(Postgres.freePort())).as("no server").isNotZero();
    }

    /** The exit status of the command, by which Docker judges. */
    private static int check(int port) throws IOException, InterruptedException {
        String dockerfile = Files.readString(DOCKERFILE).replace("\\\n", "");
        String command = dockerfile.replaceFirst("(?s).*HEALTHCHECK [^\\[]*(\\[.*?])\n.*", "$1");
        ProcessBuilder check =
                new ProcessBuilder(new JsonMapper().readValue(command, String[].class));
        check.environment().put("HTTP_PORT", Integer.toString(port));
        return check.inheritIO().start().waitFor();
    }
}
