package ai.demeter.run;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;

/**
 * What the tests need before they run: both servers prepared, and a database for those in the
 * container. Called by the build, before the tests' own processes: no server must be running, and
 * Arquillian's server reads the database's address from the environment that it inherits.
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
        // Not postgres.close(): by then the build has closed the class loader that this came from,
        // and ended the group of threads that this runs in.
        ProcessHandle process = ProcessHandle.of(postgres.postmaster().orElseThrow()).orElseThrow();
        Runtime.getRuntime().addShutdownHook(new Thread(outermost(), process::destroy, "stop"));
        for (Server.Kind kind : Server.Kind.values()) {
            Server.prepare(kind, checkout, Map.of());
        }
    }

    private static ThreadGroup outermost() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        return group;
    }
}
