package ai.demeter.settings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/**
 * The checked values of all variables: the one place that reads the environment, for the start
 * scripts ({@link StartScript}), the pool's connections, the migrations and the application.
 */
public final class Settings {
    /** Requests whose bodies arrive that may keep a thread of the server at once. */
    public static final int BODIES = 100;

    /** Threads for health and metrics, which no other request may use up. */
    private static final int PROBES = 20;

    private static final class Current {
        static final Settings SETTINGS = new Settings(System.getenv());
    }

    /** The driver's names for them. */
    private static final Map<Variable, String> TLS_FILES =
            Map.of(
                    Variable.DATABASE_CA_FILE, "sslrootcert",
                    Variable.DATABASE_CERT_FILE, "sslcert",
                    Variable.DATABASE_KEY_FILE, "sslkey");

    private final Map<String, String> environment;
    private final DatabaseUrl pool;
    private final DatabaseUrl migration;
    private final ReadReplica replica;
    private final TokenIssuer tokenIssuer;
    private final Set<String> corsOrigins;

    /**
     * Checks every variable.
     *
     * @throws InvalidVariable for the first one that cannot be used
     */
    public Settings(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
        for (Variable variable : Variable.values()) {
            variable.value(environment);
        }
        pool = DatabaseUrl.parse(Variable.DATABASE_URL, text(Variable.DATABASE_URL));
        migration =
                Variable.DATABASE_URL_SYNC.isSet(environment)
                        ? DatabaseUrl.parse(
                                Variable.DATABASE_URL_SYNC, text(Variable.DATABASE_URL_SYNC))
                        : pool;
        replica = ReadReplica.of(environment).orElse(null);
        tokenIssuer = TokenIssuer.of(environment).orElse(null);
        corsOrigins = Origins.parse(Variable.CORS_ORIGINS, text(Variable.CORS_ORIGINS));
        refuseTwoSources(Variable.DATABASE_USER, pool.user());
        refuseTwoSources(Variable.DATABASE_PASSWORD, pool.password());
        refuseTwoSources(Variable.DATABASE_PASSWORD_FILE, pool.password());
        if (Variable.DATABASE_PASSWORD_FILE.isSet(environment)) {
            readPasswordFile();
        }
        for (Map.Entry<Variable, String> file : TLS_FILES.entrySet()) {
            refuseTwoSources(file.getKey(), pool.parameter(file.getValue()).orElse(null));
            checkFile(file.getKey());
        }
    }

    /**
     * The settings of this process.
     *
     * @throws InvalidVariable if the environment holds a value that cannot be used; the start
     *     scripts find it first
     */
    public static Settings current() {
        return Current.SETTINGS;
    }

    /** Whole seconds of a variable that is a span of time. */
    public Duration seconds(Variable variable) {
        return Duration.ofSeconds(variable.number(environment));
    }

    public int number(Variable variable) {
        return variable.number(environment);
    }

    public boolean flag(Variable variable) {
        return variable.flag(environment);
    }

    /** The most connections that the pool may hold: size and overflow. */
    public int poolMaximum() {
        return number(Variable.DB_POOL_SIZE) + number(Variable.DB_MAX_OVERFLOW);
    }

    /**
     * The threads that the server needs for requests: one for each that has a connection, waits for
     * one or sends its body, and a reserve, so that probes are answered whatever the others do.
     */
    public int httpThreads() {
        int atReplica = replica == null ? 0 : replica.poolMaximum();
        return atReplica + poolMaximum() + number(Variable.DB_POOL_QUEUE) + BODIES + PROBES;
    }

    /** Where the pool connects, as a log may show it. */
    public String database() {
        return pool.display();
    }

    public DatabaseUrl poolUrl() {
        return pool;
    }

    public DatabaseUrl migrationUrl() {
        return migration;
    }

    /** The replica that may be read from; empty if there is none. */
    public Optional<ReadReplica> replica() {
        return Optional.ofNullable(replica);
    }

    /** Whose tokens are asked for; empty if none are. */
    public Optional<TokenIssuer> tokenIssuer() {
        return Optional.ofNullable(tokenIssuer);
    }

    /** The origins whose pages may use the API from a browser. */
    public Set<String> corsOrigins() {
        return corsOrigins;
    }

    /** The URL of the collector that spans go to; empty if none are made. */
    public String collector() {
        return text(Variable.OTEL_EXPORTER_OTLP_ENDPOINT);
    }

    /** Who the pool connects as. */
    public String user() {
        return pool.user() != null ? pool.user() : text(Variable.DATABASE_USER);
    }

    /**
     * User and password for a new connection, the password file read anew each time, so that a
     * rotated password needs no restart.
     *
     * @throws InvalidVariable if the password file cannot be read
     */
    public Properties credentials(DatabaseUrl url) {
        Properties credentials = new Properties();
        credentials.setProperty("user", url.user() != null ? url.user() : user());
        String password = url.password() != null ? url.password() : pool.password();
        if (password == null) {
            password =
                    Variable.DATABASE_PASSWORD_FILE.isSet(environment)
                            ? readPasswordFile()
                            : text(Variable.DATABASE_PASSWORD);
        }
        if (!password.isEmpty()) {
            credentials.setProperty("password", password);
        }
        return credentials;
    }

    /**
     * How a new connection is encrypted, as properties of the driver that the URL does not have:
     * files are named here and read by whoever opens the connection.
     */
    public Properties encryption(DatabaseUrl url) {
        Properties encryption = new Properties();
        encryption.setProperty("sslmode", url.sslMode());
        TLS_FILES.forEach(
                (variable, property) -> {
                    if (variable.isSet(environment)) {
                        encryption.setProperty(property, text(variable));
                    }
                });
        // The server says how it wants the password: in clear text only where the URL allows it.
        encryption.setProperty("requireAuth", url.parameter("requireAuth").orElse("!password"));
        return encryption;
    }

    /** All variables as they may be shown. */
    public List<Shown> shown() {
        return Shown.of(this);
    }

    /** What holds, on one line, without secrets. */
    public String summary() {
        StringBuilder summary = new StringBuilder("DATABASE_URL=").append(pool);
        if (migration != pool) {
            summary.append(" DATABASE_URL_SYNC=").append(migration);
        }
        replica().ifPresent(it -> summary.append(" DATABASE_URL_READ=").append(it.url()));
        for (Variable variable : Variable.values()) {
            if (variable.isPublic()) {
                summary.append(" " + variable + "=" + variable.value(environment));
            }
        }
        return summary.toString();
    }

    /** What is allowed but unwise, a sentence each. */
    public List<String> warnings() {
        return Unwise.in(this);
    }

    /** The most connections that the pool of a replica may hold. */
    int replicaMaximum() {
        return ReadReplica.poolMaximum(environment);
    }

    /** The checked value of a variable, its default filled in. */
    String text(Variable variable) {
        return variable.value(environment);
    }

    private void refuseTwoSources(Variable variable, String inUrl) {
        if (inUrl != null && variable.isSet(environment)) {
            throw new InvalidVariable(
                    variable, "is set, and DATABASE_URL carries one as well; remove one of them");
        }
    }

    private void checkFile(Variable variable) {
        if (variable.isSet(environment) && !Files.isReadable(Path.of(text(variable)))) {
            throw new InvalidVariable(variable, text(variable), "takes a file that can be read");
        }
    }

    private String readPasswordFile() {
        String file = text(Variable.DATABASE_PASSWORD_FILE);
        try {
            // Editors and `echo` end a file with a line break; no password ends with one.
            return Files.readString(Path.of(file)).replaceFirst("\\R\\z", "");
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            throw new InvalidVariable(
                    Variable.DATABASE_PASSWORD_FILE,
                    file,
                    "takes a file that can be read as UTF-8");
        }
    }
}
