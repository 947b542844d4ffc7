package ai.demeter.run;

import ai.demeter.settings.InvalidVariable;
import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * {@code mvn -Prun}: a database unless there is one, the server, and the way to stop both. Whatever
 * ends it, at whatever moment, nothing that it started goes on.
 */
public final class Run {
    private static final Duration READY_WITHIN = Duration.ofMinutes(3);
    private static final Duration READY_SAID_WITHIN = Duration.ofSeconds(5);

    private final Path checkout;
    private final Server.Kind kind;
    private final int postgresPort;
    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private boolean stopping;

    private Run(Path checkout, Server.Kind kind, int postgresPort) {
        this.checkout = checkout;
        this.kind = kind;
        this.postgresPort = postgresPort;
    }

    /**
     * Runs until the server ends or this process is told to.
     *
     * @param arguments the checkout, {@code payara-micro} or {@code wildfly}, and the port of the
     *     database
     */
    public static void main(String[] arguments) throws Exception {
        Server.Kind kind;
        try {
            kind = Server.Kind.of(arguments[1]);
        } catch (IllegalArgumentException e) {
            exit("server: got \"" + arguments[1] + "\", takes payara-micro or wildfly");
            return;
        }
        Run run = new Run(Path.of(arguments[0]), kind, Integer.parseInt(arguments[2]));
        Runtime.getRuntime().addShutdownHook(new Thread(run::stop, "stop"));
        try {
            System.exit(run.run());
        } catch (InvalidVariable | IOException | SQLException e) {
            exit(e.getMessage());
        }
    }

    private static void exit(String why) {
        System.err.println(why);
        System.exit(1);
    }

    private int run() throws Exception {
        // Before anything is started that would have to be stopped again.
        Settings settings = new Settings(System.getenv());
        int port = settings.number(Variable.HTTP_PORT);
        if (Postgres.isTaken(port)) {
            throw new Postgres.InUse("HTTP_PORT: port " + port + " is taken by another process");
        }
        Map<String, String> environment = new HashMap<>();
        Postgres postgres = null;
        if (System.getenv().getOrDefault("DATABASE_URL", "").isEmpty()) {
            Path data = checkout.resolve(".data/postgresql-18");
            postgres = start(() -> Postgres.start(data, postgresPort));
            System.out.println("PostgreSQL 18 is up, its data in " + data);
            environment.putAll(postgres.environment());
        }
        Script preparation = start(() -> Server.preparation(kind, checkout, environment));
        if (preparation.process().waitFor() != 0) {
            return 1; // it has said why
        }
        Console console =
                start(() -> new Console(checkout.resolve("target/server.log"), System.out));
        System.out.println("Starting " + kind + "; what it says goes into " + console.log());
        Server server =
                start(
                        () ->
                                Server.start(
                                        kind,
                                        checkout,
                                        environment,
                                        ProcessBuilder.Redirect.appendTo(console.log().toFile())));
        if (server.awaitReady(READY_WITHIN)) {
            // So that what is printed here is what one sees.
            console.await("Ready: ", READY_SAID_WITHIN);
            announce(kind, server, settings.flag(Variable.STATUS_PAGE), postgres);
        } else if (server.process().isAlive()) {
            System.out.println("Not ready yet; " + server.base() + "/health/ready tells why.");
        } else {
            console.lastLines().forEach(System.err::println);
        }
        return server.process().waitFor();
    }

    /** Starts something that is stopped in the end; one thing at a time, and none after the end. */
    private synchronized <T extends AutoCloseable> T start(Callable<T> start) throws Exception {
        if (stopping) {
            throw new IOException("Stopped before it was ready");
        }
        T thing = start.call();
        started.push(thing);
        return thing;
    }

    /** The last first, so that the server ends before its database does. */
    private synchronized void stop() {
        stopping = true;
        for (AutoCloseable thing : started) {
            try {
                thing.close();
            } catch (Exception e) {
                System.err.println("Not stopped: " + e.getMessage());
            }
        }
    }

    private static void announce(Server.Kind kind, Server server, boolean page, Postgres postgres) {
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
                "%n  Open       %s%n%n"
                        + "  API        %s/api-docs%n"
                        + "  Health     %s/health/ready%n"
                        + "  Database   %s%n%n"
                        + "  Demeter is ready on %s. Stop with Ctrl-C.%n%n",
                server.base() + (page ? "/" : "/api-docs"),
                server.base(),
                server.base(),
                database,
                kind);
    }
}
