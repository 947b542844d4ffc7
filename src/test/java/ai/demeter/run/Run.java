package ai.demeter.run;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** {@code mvn -Prun}: a database unless there is one, the server, and the way to stop both. */
public final class Run {
    private static final int POSTGRES_PORT = 15432;
    private static final Duration READY_WITHIN = Duration.ofMinutes(3);

    private Run() {}

    /**
     * Runs until the server ends or this process is told to.
     *
     * @param arguments the checkout, and {@code payara-micro} or {@code wildfly}
     */
    public static void main(String[] arguments) throws InterruptedException {
        Path checkout = Path.of(arguments[0]);
        try {
            Server.Kind kind = Server.Kind.of(arguments[1]);
            System.exit(run(checkout, kind));
        } catch (IllegalArgumentException e) {
            exit("server: got \"" + arguments[1] + "\", takes payara-micro or wildfly");
        } catch (IOException | SQLException e) {
            exit(e.getMessage());
        }
    }

    private static void exit(String why) {
        System.err.println(why);
        System.exit(1);
    }

    private static int run(Path checkout, Server.Kind kind)
            throws IOException, SQLException, InterruptedException {
        Map<String, String> environment = new HashMap<>();
        int port = Integer.parseInt(System.getenv().getOrDefault("HTTP_PORT", "8080").strip());
        if (Postgres.isTaken(port)) {
            throw new Postgres.InUse("HTTP_PORT: port " + port + " is taken by another process");
        }
        Postgres postgres = null;
        if (System.getenv().getOrDefault("DATABASE_URL", "").isEmpty()) {
            postgres = Postgres.start(checkout.resolve(".data/postgresql-18"), POSTGRES_PORT);
            environment.put("DATABASE_URL", postgres.url());
            environment.put("DATABASE_USER", Postgres.USER);
            environment.put("DATABASE_PASSWORD", Postgres.PASSWORD);
            environment.put("DATABASE_PASSWORD_FILE", "");
            environment.put("DATABASE_URL_SYNC", "");
        }
        Server.prepare(kind, checkout, environment);
        Server server = Server.start(kind, checkout, environment, ProcessBuilder.Redirect.INHERIT);
        stopAtExit(server, postgres);
        if (server.awaitReady(READY_WITHIN)) {
            announce(kind, server, postgres);
        } else if (server.process().isAlive()) {
            System.out.println(
                    "Not ready yet; "
                            + server.base()
                            + "/health/ready tells why, and so does the log above.");
        }
        return server.process().waitFor();
    }

    /** One hook, so that the server ends before its database does. */
    private static void stopAtExit(Server server, Postgres postgres) {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    server.close();
                                    try {
                                        if (postgres != null) {
                                            postgres.close();
                                        }
                                    } catch (IOException e) {
                                        System.err.println(
                                                "PostgreSQL did not stop: " + e.getMessage());
                                    }
                                },
                                "stop"));
    }

    private static void announce(Server.Kind kind, Server server, Postgres postgres) {
        String database =
                postgres == null
                        ? "DATABASE_URL"
                        : "psql postgresql://"
                                + Postgres.USER
                                + ":"
                                + Postgres.PASSWORD
                                + "@localhost:"
                                + postgres.port()
                                + "/"
                                + Postgres.DATABASE;
        System.out.printf(
                "%n  Demeter is ready on %s%n%n"
                        + "  API        %s/api/warehouses%n"
                        + "  OpenAPI    %s/openapi%n"
                        + "  Health     %s/health/ready%n"
                        + "  Database   %s%n%n"
                        + "  Stop with Ctrl-C.%n%n",
                kind, server.base(), server.base(), server.base(), database);
    }
}
