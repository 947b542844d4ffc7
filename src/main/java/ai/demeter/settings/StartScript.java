package ai.demeter.settings;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What the start scripts run before they start a server: {@code server-config/environment.sh}. */
public final class StartScript {
    private StartScript() {}

    /**
     * Checks the environment and writes what the server's configuration needs of it as assignments
     * that a POSIX shell can evaluate: every number and choice with its default filled in, and what
     * the servers cannot compute themselves. Ends with status 64 and one line if a value cannot be
     * used.
     *
     * @param arguments the file to write to, for the standard output is not ours alone
     */
    public static void main(String[] arguments) throws IOException {
        try {
            Settings settings = new Settings(System.getenv());
            try (PrintStream out = new PrintStream(arguments[0], StandardCharsets.UTF_8)) {
                print(settings, out);
            }
        } catch (InvalidVariable e) {
            System.err.println(e.getMessage());
            System.exit(64); // EX_USAGE of sysexits.h
        }
    }

    static void print(Settings settings, PrintStream out) {
        for (Variable variable : Variable.values()) {
            if (variable.isPublic()) {
                out.println("export " + variable + "=" + settings.text(variable));
            }
        }
        out.println("export DB_POOL_MAXIMUM=" + settings.poolMaximum());
        out.println(
                "export DB_POOL_TIMEOUT_MILLIS="
                        + settings.seconds(Variable.DB_POOL_TIMEOUT).toMillis());
        out.println("export DB_READ_POOL_MAXIMUM=" + settings.replicaMaximum());
        out.println("export HTTP_THREADS=" + settings.httpThreads());
    }
}
