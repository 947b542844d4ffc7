package ai.demeter.run;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;

/** A PostgreSQL of our own, from Maven Central, as durable as a real one. */
public final class Postgres implements AutoCloseable {
    public static final String USER = "demeter";
    public static final String PASSWORD = "demeter";
    public static final String DATABASE = "demeterai";

    /** Who owns the tables; {@link #USER} reads and writes them. */
    public static final String OWNER = "demeter_owner";

    public static final String OWNER_PASSWORD = "demeter_owner";

    /** As for production; the build puts it beside this class. */
    private static final String ROLES = "roles.sql";

    /** What PostgreSQL comes with. */
    private static final int CONNECTIONS = 100;

    private final Path data;
    private final int port;
    private final int connections;
    private EmbeddedPostgres running;

    private Postgres(Path data, int port, int connections) {
        this.data = data;
        this.port = port;
        this.connections = connections;
    }

    /**
     * Starts PostgreSQL and waits until it accepts connections; makes database and roles as {@code
     * server-config/postgresql/roles.sql} has them.
     *
     * @param data where the data is, or will be
     * @throws InUse if something else has the port or the data
     */
    public static Postgres start(Path data, int port) throws IOException, SQLException {
        return start(data, port, CONNECTIONS);
    }

    /** Starts one that several applications fit into: that allows so many connections. */
    public static Postgres start(Path data, int port, int connections)
            throws IOException, SQLException {
        Postgres postgres = new Postgres(data, port, connections);
        postgres.start();
        try {
            postgres.createDatabase();
            return postgres;
        } catch (IOException | SQLException | RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    /** Starts one without data for a test, in the folder of the integration tests. */
    public static Postgres startEmpty(String name) throws IOException, SQLException {
        Path data = Path.of("target/it", name + "-data").toAbsolutePath();
        FileUtils.deleteDirectory(data.toFile());
        return start(data, freePort());
    }

    /** Something else has what is needed; the message is one line for a person. */
    public static final class InUse extends IOException {
        private static final long serialVersionUID = 1L;

        InUse(String message) {
            super(message);
        }
    }

    /** A port that nothing listens on at the moment. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    static boolean isTaken(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** Starts it again after {@link #close} or a kill. */
    public void start() throws IOException, SQLException {
        Optional<Long> owner = postmaster();
        if (owner.isPresent()) {
            throw new InUse(
                    "The data folder " + data + " is in use by PostgreSQL, process " + owner.get());
        }
        if (isTaken(port)) {
            throw new InUse(
                    "Port "
                            + port
                            + ", for PostgreSQL, is taken by another process; take another one by -Dpostgres.port");
        }
        Files.createDirectories(data.toAbsolutePath().getParent());
        try {
            running =
                    EmbeddedPostgres.builder()
                            .setDataDirectory(data)
                            .setCleanDataDirectory(false)
                            .setRegisterShutdownHook(false)
                            .setPort(port)
                            // The library trades durability for speed; here nothing may be lost.
                            .setServerConfig("fsync", "on")
                            .setServerConfig("synchronous_commit", "on")
                            .setServerConfig("max_connections", Integer.toString(connections))
                            .setServerConfig("listen_addresses", "localhost,::1")
                            .setPGStartupWait(Duration.ofSeconds(60))
                            .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
                            .setErrorRedirector(ProcessBuilder.Redirect.DISCARD)
                            .start();
            requirePassword();
        } catch (IllegalStateException e) {
            close();
            throw new InUse("The data folder " + data + " cannot be used: " + e.getMessage());
        } catch (IOException | SQLException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * The application's user needs its password, as anywhere else; initdb would trust everybody.
     */
    private void requirePassword() throws IOException, SQLException {
        Files.writeString(
                data.resolve("pg_hba.conf"),
                """
                local all all                    trust
                host  all postgres 127.0.0.1/32  trust
                host  all postgres ::1/128       trust
                host  replication postgres 127.0.0.1/32 trust
                host  all all      127.0.0.1/32  scram-sha-256
                host  all all      ::1/128       scram-sha-256
                """);
        try (Connection connection = superuser("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_reload_conf()");
        }
    }

    /**
     * Has a certificate from now on: who asks for TLS gets it, and sessions that are open stay.
     *
     * @param authority of clients' certificates
     */
    public void certify(Certificates.Issued certificate, Path authority)
            throws IOException, SQLException {
        Files.copy(authority, data.resolve("root.crt"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(
                certificate.certificate(),
                data.resolve("server.crt"),
                StandardCopyOption.REPLACE_EXISTING);
        Files.copy(
                certificate.key(), data.resolve("server.key"), StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(
                data.resolve("server.key"), PosixFilePermissions.fromString("rw-------"));
        try (Connection connection = superuser("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER SYSTEM SET ssl_ca_file = 'root.crt'");
            statement.execute("ALTER SYSTEM SET ssl = on");
            statement.execute("SELECT pg_reload_conf()");
        }
    }

    /**
     * Makes a standby of this one, which is stopped and started for it.
     *
     * @param standby where its data will be; what is there goes
     */
    public Postgres standby(Path standby, int standbyPort) throws IOException, SQLException {
        close();
        FileUtils.deleteDirectory(standby.toFile());
        FileUtils.copyDirectory(data.toFile(), standby.toFile());
        Files.setPosixFilePermissions(standby, PosixFilePermissions.fromString("rwx------"));
        Files.createFile(standby.resolve("standby.signal"));
        Files.writeString(
                standby.resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=127.0.0.1 port=" + port + " user=postgres'\n",
                StandardOpenOption.APPEND);
        start();
        return start(standby, standbyPort);
    }

    /** Makes a standby of this one, whose data are beside it, in a folder that ends so. */
    public Postgres standby(String suffix) throws IOException, SQLException {
        return standby(data.resolveSibling(data.getFileName() + "-" + suffix), freePort());
    }

    /** Lets a standby follow another server from now on. */
    public void follow(Postgres another) throws SQLException {
        Sql.run(
                this,
                "ALTER SYSTEM SET primary_conninfo = 'host=127.0.0.1 port=%d user=postgres'"
                        .formatted(another.port),
                "SELECT pg_reload_conf()");
    }

    /** Makes a standby the primary, on a timeline of its own. */
    public void promote() throws SQLException {
        Sql.run(this, "SELECT pg_promote(true, 60)");
    }

    public Path data() {
        return data;
    }

    /** Lets the application's role in with TLS and a certificate of its own alone. */
    public void requireCertificates() throws IOException, SQLException {
        Files.writeString(
                data.resolve("pg_hba.conf"),
                """
                local   all all                    trust
                host    all postgres 127.0.0.1/32  trust
                host    all postgres ::1/128       trust
                hostssl all demeter_owner 127.0.0.1/32 scram-sha-256
                hostssl all demeter_owner ::1/128      scram-sha-256
                hostssl all all      127.0.0.1/32  scram-sha-256 clientcert=verify-full
                hostssl all all      ::1/128       scram-sha-256 clientcert=verify-full
                """);
        try (Connection connection = superuser("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_reload_conf()");
        }
    }

    /** Makes database and roles, or brings them to what {@code roles.sql} says. */
    public void createDatabase() throws IOException, SQLException {
        try (Connection connection = superuser("postgres");
                Statement statement = connection.createStatement()) {
            if (exists(statement, "SELECT WHERE pg_is_in_recovery()")) {
                return; // a standby has what its primary has
            }
            if (!exists(statement, "SELECT FROM pg_database WHERE datname = '" + DATABASE + "'")) {
                statement.execute("CREATE DATABASE " + DATABASE);
            }
        }
        try (Connection connection = superuser();
                Statement statement = connection.createStatement();
                InputStream roles = Postgres.class.getResourceAsStream(ROLES)) {
            statement.execute(new String(roles.readAllBytes(), StandardCharsets.UTF_8));
            statement.execute("ALTER ROLE " + USER + " PASSWORD '" + PASSWORD + "'");
            statement.execute("ALTER ROLE " + OWNER + " PASSWORD '" + OWNER_PASSWORD + "'");
        }
    }

    private static boolean exists(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            return rows.next();
        }
    }

    public int port() {
        return port;
    }

    /** The URL of the application's database. */
    public String url() {
        return url(port);
    }

    /** The variables with which Demeter finds it: the pool as one role, migrations as the other. */
    public Map<String, String> environment() {
        return Map.of(
                "DATABASE_URL",
                url(),
                "DATABASE_USER",
                USER,
                "DATABASE_PASSWORD",
                PASSWORD,
                "DATABASE_PASSWORD_FILE",
                "",
                "DATABASE_URL_SYNC",
                url() + "?user=" + OWNER + "&password=" + OWNER_PASSWORD);
    }

    /** The URL with which the primary is found, whichever of the two it is. */
    public String urlWith(Postgres other) {
        return "jdbc:postgresql://localhost:%d,localhost:%d/%s"
                .formatted(port, other.port, DATABASE);
    }

    /** The same database by way of another port. */
    public static String url(int port) {
        return "jdbc:postgresql://localhost:" + port + "/" + DATABASE;
    }

    /** A session of the superuser, in the application's database. */
    public Connection superuser() throws SQLException {
        return superuser(DATABASE);
    }

    private Connection superuser(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://localhost:" + port + "/" + database, "postgres", "");
    }

    /** The process of the postmaster, if it lives. */
    public Optional<Long> postmaster() throws IOException {
        Path file = data.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.findFirst()
                    .map(line -> Long.parseLong(line.strip()))
                    .filter(pid -> ProcessHandle.of(pid).map(Postgres::isPostgres).orElse(false));
        }
    }

    /** Stops all its processes where they are: not a byte more, and no connection reset. */
    public void freeze() throws IOException {
        signal("STOP");
    }

    /** Lets frozen processes go on. */
    public void thaw() throws IOException {
        signal("CONT");
    }

    /** Ends all its processes at once, as a power cut would. */
    public void kill() throws IOException {
        long postmaster = postmaster().orElseThrow();
        signal("KILL");
        ProcessHandle.of(postmaster).ifPresent(process -> process.onExit().join());
        close(); // gives back its lock on the data folder
    }

    private void signal(String name) throws IOException {
        ProcessHandle postmaster = ProcessHandle.of(postmaster().orElseThrow()).orElseThrow();
        // The postmaster first, so that it starts nothing more meanwhile.
        List<String> command = new ArrayList<>(List.of("kill", "-" + name, "" + postmaster.pid()));
        run(command);
        command.remove(2);
        postmaster.descendants().forEach(process -> command.add("" + process.pid()));
        if (command.size() > 2) {
            run(command);
        }
    }

    private static void run(List<String> command) throws IOException {
        try {
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** A stale file may name a process that is another one by now. */
    private static boolean isPostgres(ProcessHandle process) {
        return process.isAlive()
                && process.info()
                        .command()
                        .map(command -> command.contains("postgres"))
                        .orElse(true);
    }

    /** Stops it, ending all sessions; also one whose start did not come to its end. */
    @Override
    public void close() throws IOException {
        if (running != null) {
            running.close();
            running = null;
        }
        Optional<ProcessHandle> left = postmaster().flatMap(ProcessHandle::of);
        if (left.isPresent()) {
            run(List.of("kill", "-INT", "" + left.get().pid())); // "fast": waits for no session
            left.get().onExit().join();
        }
    }
}
