package ai.demeter.connection;

import ai.demeter.session.Backend;
import ai.demeter.session.Pooler;
import ai.demeter.session.Session;
import ai.demeter.settings.DatabaseUrl;
import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import ai.demeter.transport.BoundedSockets;
import ai.demeter.transport.TlsSocketFactory;
import ai.demeter.transport.WriteWatchdog;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.postgresql.Driver;

/** Opens sessions with PostgreSQL, each within a bounded time and under a name of its own. */
public final class ConnectionFactory {
    /** Says at each try what is said here once; held, because the log manager does not hold it. */
    private static final Logger QUIET =
            Logger.getLogger("org.postgresql.ssl.PGjdbcHostnameVerifier");

    static {
        QUIET.setLevel(Level.OFF);
    }

    private final Driver driver = new Driver();
    private final Settings settings;

    private final WriteWatchdog watchdog;
    private final PrimarySearch primaries;
    private final Pooler pooler;

    ConnectionFactory(Settings settings, WriteWatchdog watchdog, PrimarySearch primaries) {
        this.settings = settings;
        this.watchdog = watchdog;
        this.primaries = primaries;
        pooler = new Pooler(settings);
    }

    /** For the pool: with the limits of the session and of the socket. */
    Session forPool() throws SQLException {
        DatabaseUrl url = settings.poolUrl();
        Properties properties = settings.credentials(url);
        properties.putAll(pooler.properties());
        properties.setProperty("reWriteBatchedInserts", "true");
        // The text of a batch's failure would hold the batch with its values, and so would the log.
        properties.setProperty("logServerErrorDetail", "false");
        Session session;
        try {
            session =
                    open(
                            url,
                            properties,
                            "demeter",
                            settings.seconds(Variable.DB_CONNECT_TIMEOUT),
                            pooler::backend);
        } catch (SQLException e) {
            if (pooler.takesLess(e)) {
                return forPool();
            }
            throw e;
        }
        if (!session.backend().pooled()) {
            // The first look into the catalog takes a new process milliseconds. Payara asks this of
            // each connection when it is first lent, and others would wait for it then.
            session.connection().getMetaData().getMaxColumnNameLength();
        }
        session.connection()
                .setNetworkTimeout(
                        Runnable::run, millis(settings.seconds(Variable.DB_SOCKET_TIMEOUT)));
        if (session.backend().readOnly() || Backend.isReadOnly(session.connection())) {
            session.close();
            throw new SQLException("the server is read-only", "25006");
        }
        pooler.check(session.backend(), session.connection());
        return session;
    }

    /**
     * For probes outside the pool: every wait bounded by {@code timeout}. Where a pooler is passed
     * by, with the database itself.
     */
    Session forProbe(Duration timeout) throws SQLException {
        if (pooler.isPassedBy()) {
            return open(settings.migrationUrl(), "demeter-probe", timeout).besides(pooler);
        }
        Session session = open(settings.poolUrl(), "demeter-probe", timeout);
        pooler.found(session.backend());
        if (!pooler.isPassedBy()) {
            return session;
        }
        session.close();
        return forProbe(timeout);
    }

    /**
     * For the pool of the read replica: with the limits of the session and of the socket. Whoever
     * waits for it could be served by the primary, so it is opened within {@code timeout} or not at
     * all.
     */
    public Session forReplica(Duration timeout) throws SQLException {
        Session session = atReplica("demeter-read", timeout);
        session.connection()
                .setNetworkTimeout(
                        Runnable::run, millis(settings.seconds(Variable.DB_SOCKET_TIMEOUT)));
        return session;
    }

    /** For whoever watches the read replica: every wait bounded by {@code timeout}. */
    public Session forReplicaWatch(Duration timeout) throws SQLException {
        return atReplica("demeter-probe", timeout);
    }

    /** The same for the primary, which the replica is compared with. */
    public Session forPrimaryWatch(Duration timeout) throws SQLException {
        return open(settings.poolUrl(), "demeter-position", timeout);
    }

    /**
     * The newest timeline that any session told of; 0 if none has, as where a pooler chooses the
     * server.
     */
    public long newestTimeline() {
        return primaries.newestTimeline();
    }

    private Session atReplica(String name, Duration timeout) throws SQLException {
        DatabaseUrl url = settings.replica().orElseThrow().url();
        Properties properties = settings.credentials(url);
        properties.setProperty("options", pooler.options());
        withName(properties, name, timeout);
        return openAt(url, properties, timeout, Backend::of);
    }

    /**
     * For migrations, whose statements may take as long as they need.
     *
     * @throws SQLFeatureNotSupportedException if a pooler lends the session for a transaction at a
     *     time
     */
    Session forMigration() throws SQLException {
        Session session = openForMigration();
        if (session.backend().pooled() && isLentByTransaction(session)) {
            session.close();
            throw Pooler.noPlaceForMigrations(settings.migrationUrl());
        }
        session.connection().setNetworkTimeout(Runnable::run, 0);
        return session;
    }

    /** Only then is the process that served this session free to serve another. */
    private boolean isLentByTransaction(Session session) throws SQLException {
        int process = session.backend().processId();
        try {
            Session other = openForMigration();
            other.close();
            return process == other.backend().processId()
                    || process != Backend.of(session.connection()).processId();
        } catch (SQLException e) {
            if (session.connection().isClosed()) {
                throw e;
            }
            return false; // it keeps the only one
        }
    }

    private Session openForMigration() throws SQLException {
        Duration timeout = settings.seconds(Variable.DB_CONNECT_TIMEOUT);
        return open(settings.migrationUrl(), "demeter-migration", timeout);
    }

    private Session open(DatabaseUrl url, String name, Duration timeout) throws SQLException {
        return open(url, settings.credentials(url), name, timeout, Backend::of);
    }

    /** Who serves a session that was opened just now. */
    private interface Introduction {
        Backend of(Connection connection) throws SQLException;
    }

    private Session open(
            DatabaseUrl url,
            Properties properties,
            String name,
            Duration timeout,
            Introduction introduction)
            throws SQLException {
        withName(properties, name, timeout);
        if (url.parameter("targetServerType").isPresent()) {
            return openAt(url, properties, timeout, introduction); // the driver's own way to choose
        }
        List<DatabaseUrl> hosts = url.eachHost();
        if (hosts.size() > 1) {
            properties.setProperty("targetServerType", "primary");
            // It remembers what each host was; here each is asked anew.
            properties.setProperty("hostRecheckSeconds", "0");
        }
        return primaries.find(hosts, host -> openAt(host, properties, timeout, introduction));
    }

    /** What every session has. */
    private static void withName(Properties properties, String name, Duration timeout) {
        properties.setProperty("ApplicationName", name);
        properties.setProperty("connectTimeout", Long.toString(timeout.toSeconds()));
        // Until the caller sets another, this bounds each answer of the login: a frozen server's
        // kernel still accepts connections.
        properties.setProperty("socketTimeout", Long.toString(timeout.toSeconds()));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("sslfactory", TlsSocketFactory.class.getName());
        properties.setProperty("socketFactory", BoundedSockets.class.getName());
    }

    private Session openAt(
            DatabaseUrl url, Properties common, Duration timeout, Introduction introduction)
            throws SQLException {
        Properties properties = new Properties();
        properties.putAll(common);
        properties.putAll(settings.encryption(url));
        properties.setProperty("loginTimeout", Long.toString(timeout.toSeconds() * url.hosts()));
        Duration writeTimeout = settings.seconds(Variable.DB_SOCKET_TIMEOUT);
        String ticket = BoundedSockets.expect(watchdog, writeTimeout);
        properties.setProperty("socketFactoryArg", ticket);
        Connection connection;
        BoundedSockets.Opened opened;
        try {
            connection = driver.connect(url.jdbc(), properties);
        } finally {
            opened = BoundedSockets.collect(ticket);
        }
        return new Session(
                connection,
                opened.channel(),
                opened.encrypted(),
                introduction.of(connection),
                url.hostAndPort(),
                null);
    }

    static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }
}
