package ai.demeter.connection;

import ai.demeter.settings.DatabaseUrl;
import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import ai.demeter.transport.SocketChannels;
import ai.demeter.transport.TlsSocketFactory;
import ai.demeter.transport.WriteWatchdog;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.postgresql.Driver;
import org.postgresql.PGConnection;

/** Opens sessions with PostgreSQL, each within a bounded time and under a name of its own. */
final class ConnectionFactory {
    /** Says at each try what is said here once; held, because the log manager does not hold it. */
    private static final Logger QUIET =
            Logger.getLogger("org.postgresql.ssl.PGjdbcHostnameVerifier");

    static {
        QUIET.setLevel(Level.OFF);
    }

    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private final Driver driver = new Driver();
    private final Settings settings;

    private final WriteWatchdog watchdog;
    private final PrimarySearch primaries;

    ConnectionFactory(Settings settings, WriteWatchdog watchdog, PrimarySearch primaries) {
        this.settings = settings;
        this.watchdog = watchdog;
        this.primaries = primaries;
    }

    /**
     * A session with the database.
     *
     * @param channel under it
     * @param encrypted whether what passes through that is
     * @param timeline of the server: each promotion begins a new one; 0 if it does not tell
     * @param host the server
     */
    record Session(
            Connection connection,
            SocketChannel channel,
            boolean encrypted,
            long timeline,
            String host) {

        /**
         * Ends it without a word to the server; whoever waits for an answer fails.
         *
         * <p>Waits for nobody: the channel is closed first, so that neither the farewell of TLS nor
         * a write that is under way has anything to wait for.
         */
        void abort() {
            try {
                channel.close();
                connection.abort(Runnable::run);
            } catch (IOException | SQLException e) {
                // It is being given up because it does not work.
            }
        }

        /** Takes leave of the server, which has a second for its part of it. */
        void close() {
            try {
                connection.setNetworkTimeout(Runnable::run, millis(FAREWELL));
                connection.close();
            } catch (SQLException e) {
                abort();
            }
        }
    }

    /** For the pool: with the limits of the session and of the socket. */
    Session forPool() throws SQLException {
        Properties properties = settings.credentials(settings.poolUrl());
        properties.setProperty(
                "options",
                "-c statement_timeout="
                        + settings.number(Variable.DB_STATEMENT_TIMEOUT)
                        + "s"
                        + " -c lock_timeout="
                        + settings.number(Variable.DB_LOCK_TIMEOUT)
                        + "s"
                        + " -c idle_in_transaction_session_timeout="
                        + settings.number(Variable.DB_IDLE_IN_TRANSACTION_TIMEOUT)
                        + "s");
        properties.setProperty("reWriteBatchedInserts", "true");
        // The text of a batch's failure would hold the batch with its values, and so would the log.
        properties.setProperty("logServerErrorDetail", "false");
        Session session =
                open(
                        settings.poolUrl(),
                        properties,
                        "demeter",
                        settings.seconds(Variable.DB_CONNECT_TIMEOUT));
        session.connection()
                .setNetworkTimeout(
                        Runnable::run, millis(settings.seconds(Variable.DB_SOCKET_TIMEOUT)));
        if (isReadOnly(session.connection())) {
            session.close();
            throw new SQLException("the server is read-only", "25006");
        }
        return session;
    }

    /** For probes outside the pool: every wait bounded by {@code timeout}. */
    Session forProbe(Duration timeout) throws SQLException {
        return open(
                settings.poolUrl(),
                settings.credentials(settings.poolUrl()),
                "demeter-probe",
                timeout);
    }

    /** For migrations, whose statements may take as long as they need. */
    Session forMigration() throws SQLException {
        DatabaseUrl url = settings.migrationUrl();
        Session session =
                open(
                        url,
                        settings.credentials(url),
                        "demeter-migration",
                        settings.seconds(Variable.DB_CONNECT_TIMEOUT));
        session.connection().setNetworkTimeout(Runnable::run, 0);
        return session;
    }

    /**
     * Whether the server takes no writes: a standby, or one set to read-only. Costs no round trip:
     * both parameters are reported by PostgreSQL 14 and later whenever they change ("Parameter
     * Status Messages" in its protocol documentation).
     */
    static boolean isReadOnly(Connection connection) throws SQLException {
        PGConnection session = connection.unwrap(PGConnection.class);
        return "on".equals(session.getParameterStatus("in_hot_standby"))
                || "on".equals(session.getParameterStatus("default_transaction_read_only"));
    }

    private Session open(DatabaseUrl url, Properties properties, String name, Duration timeout)
            throws SQLException {
        properties.setProperty("ApplicationName", name);
        properties.setProperty("connectTimeout", Long.toString(timeout.toSeconds()));
        // Until the caller sets another, this bounds each answer of the login: a frozen server's
        // kernel still accepts connections.
        properties.setProperty("socketTimeout", Long.toString(timeout.toSeconds()));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("sslfactory", TlsSocketFactory.class.getName());
        properties.setProperty("socketFactory", SocketChannels.class.getName());
        if (url.parameter("targetServerType").isPresent()) {
            return openAt(url, properties, timeout); // the driver's own way to choose
        }
        List<DatabaseUrl> hosts = url.eachHost();
        if (hosts.size() > 1) {
            properties.setProperty("targetServerType", "primary");
            // It remembers what each host was; here each is asked anew.
            properties.setProperty("hostRecheckSeconds", "0");
        }
        return primaries.find(hosts, host -> openAt(host, properties, timeout));
    }

    private Session openAt(DatabaseUrl url, Properties common, Duration timeout)
            throws SQLException {
        Properties properties = new Properties();
        properties.putAll(common);
        properties.putAll(settings.encryption(url));
        properties.setProperty("loginTimeout", Long.toString(timeout.toSeconds() * url.hosts()));
        Duration writeTimeout = settings.seconds(Variable.DB_SOCKET_TIMEOUT);
        String ticket = SocketChannels.expect(watchdog, writeTimeout);
        properties.setProperty("socketFactoryArg", ticket);
        Connection connection;
        SocketChannels.Opened opened;
        try {
            connection = driver.connect(url.jdbc(), properties);
        } finally {
            opened = SocketChannels.collect(ticket);
        }
        return new Session(
                connection,
                opened.channel(),
                opened.encrypted(),
                timeline(connection),
                url.hostAndPort());
    }

    /**
     * The server's timeline, from the name of the file that it writes to: {@code
     * pg_control_checkpoint()} tells the former one until the next checkpoint. Everyone may ask.
     */
    private static long timeline(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT pg_walfile_name(pg_current_wal_lsn())")) {
            return rows.next() ? Long.parseLong(rows.getString(1).substring(0, 8), 16) : 0;
        } catch (SQLException e) {
            if (OpeningFailure.isConnectivity(e)) {
                connection.close();
                throw e;
            }
            return 0; // a standby, or something that is not quite PostgreSQL
        }
    }

    static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }
}
