package ai.demeter.run;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * What the in-container tests need before their server starts: a database, and WildFly configured.
 * Called by the build, before the tests' own process, because the server reads the database's
 * address from the environment that it inherits.
 */
public final class InContainer {
    private InContainer() {}

    /**
     * Starts the database, which ends with this process.
     *
     * @param arguments the checkout, and the port
     */
    public static void main(String[] arguments) throws IOException, SQLException {
        Path checkout = Path.of(arguments[0]);
        Path data = checkout.resolve("target/in-container/data");
        org.apache.commons.io.FileUtils.deleteDirectory(data.toFile());
        Postgres postgres = Postgres.start(data, Integer.parseInt(arguments[1]));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(postgres), "stop"));
        Server.prepare(Server.Kind.WILDFLY, checkout);
    }

    private static void stop(Postgres postgres) {
        try {
            postgres.close();
        } catch (IOException e) {
            System.err.println("PostgreSQL did not stop: " + e.getMessage());
        }
    }
}
