package ai.demeter.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;

/**
 * What the tests need before they run: the servers prepared, and a database for those in the
 * container. Called by the build, before the tests' own processes: no server must be running, and
 * Arquillian's server reads the database's address from the environment that it inherits.
 */
public final class InContainer {
    private static final String MANAGEMENT =
            """
            <management-interfaces>
                <http-interface http-authentication-factory="management-http-authentication">
                    <http-upgrade enabled="true" sasl-authentication-factory="management-sasl-authentication"/>
                    <socket-binding http="management-http"/>
                </http-interface>
            </management-interfaces>
            """;

    private InContainer() {}

    /**
     * Starts the database, which ends with this process.
     *
     * @param arguments the checkout, the port, and the servers, with commas
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
        for (String name : arguments[2].split(",")) {
            Server.Kind kind = Server.Kind.of(name);
            Server.prepare(kind, checkout, Map.of());
            if (kind == Server.Kind.WILDFLY) {
                letArquillianIn(kind.base(checkout).resolve("configuration"));
            }
        }
    }

    /**
     * WildFly as it is configured, and its management interface beside, by which Arquillian
     * deploys.
     */
    private static void letArquillianIn(Path configuration) throws IOException {
        String configured = Files.readString(configuration.resolve("standalone-microprofile.xml"));
        String before = "<access-control provider=";
        if (configured.split(before, -1).length != 2 || configured.contains("<http-interface")) {
            throw new IOException("standalone-microprofile.xml is not as configure.cli leaves it");
        }
        Files.writeString(
                configuration.resolve("standalone-in-container.xml"),
                configured
                        .replace(before, MANAGEMENT + before)
                        // It talks to the tests inside by JMX.
                        .replace(
                                "<expose-expression-model/>",
                                "<expose-expression-model/><remoting-connector/>"));
    }

    private static ThreadGroup outermost() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        return group;
    }
}
