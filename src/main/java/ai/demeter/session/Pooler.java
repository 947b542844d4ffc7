package ai.demeter.session;

import ai.demeter.settings.DatabaseUrl;
import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Properties;
import java.util.Set;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/**
 * A pooler between the pool and its database, such as PgBouncer in transaction mode: whether there
 * is one, and what of a session's settings it lets through. All of it is noticed, nothing of it
 * need be configured.
 */
public final class Pooler {
    private static final Logger LOG = Logger.getLogger(Pooler.class.getName());

    /** Asks for TLS; a pooler answers it itself, whatever its database does. */
    private static final byte[] SSL_REQUEST =
            ByteBuffer.allocate(8).putInt(8).putInt(80877103).array();

    private final Settings settings;
    private final Set<Variable> missing = EnumSet.noneOf(Variable.class);
    private volatile boolean noticed;
    private volatile boolean checked;
    private volatile boolean takesOptions = true;
    private volatile boolean takesFloatDigits = true;

    /** Not noticed yet. */
    public Pooler(Settings settings) {
        this.settings = settings;
    }

    /**
     * Whether migrations go another way: then that way tells whether the database answers, and a
     * pooler all of whose sessions are at work is not mistaken for a database that is lost.
     */
    public boolean isPassedBy() {
        return noticed && !settings.migrationUrl().jdbc().equals(settings.poolUrl().jdbc());
    }

    /** What a session of the pool asks for as it starts, as properties of the driver. */
    public Properties properties() {
        Properties properties = new Properties();
        if (takesOptions) {
            properties.setProperty("options", options());
        }
        if (isKnown() && takesFloatDigits) {
            // Otherwise the driver sets its parameters by statements, for which a pooler that is
            // busy has nobody at the moment.
            properties.setProperty("assumeMinServerVersion", "9.4");
        }
        return properties;
    }

    private boolean isKnown() {
        return noticed && checked;
    }

    /** The limits of a session, as the server takes them at its start. */
    public String options() {
        return Backend.PARAMETERS.entrySet().stream()
                .map(each -> "-c " + each.getValue() + "=" + settings.number(each.getKey()) + "s")
                .collect(Collectors.joining(" "));
    }

    /** Whether a login failed for its {@link #properties}, which are fewer from now on. */
    public synchronized boolean takesLess(SQLException failure) {
        String message = String.valueOf(failure.getMessage());
        if (!message.contains("unsupported startup parameter")) {
            return false;
        }
        if (message.contains("extra_float_digits")) {
            boolean news = takesFloatDigits;
            takesFloatDigits = false;
            return news;
        }
        boolean news = takesOptions;
        takesOptions = false;
        return news;
    }

    /** Who serves a session of the pool; not asked once it is known that a pooler lends them. */
    public Backend backend(Connection connection) throws SQLException {
        return isKnown() ? Backend.BEHIND_POOLER : Backend.of(connection);
    }

    /** Takes in what a session was found to be with. */
    public synchronized void found(Backend backend) {
        if (backend.pooled() && !noticed) {
            noticed = true;
            LOG.info(
                    "A pooler stands before the database "
                            + settings.database()
                            + ". Statements are not prepared by name unless DATABASE_URL says so by"
                            + " prepareThreshold, which PgBouncer takes from version 1.21 on");
        }
    }

    /**
     * Looks after a session of the pool. Each limit that it lacks is one line of the log; behind a
     * pooler it prepares no statements by name, unless the URL says so.
     */
    public synchronized void check(Backend backend, Connection connection) throws SQLException {
        found(backend);
        checked = true;
        backend.limits()
                .forEach(
                        (variable, limit) -> {
                            if (!limit.equals(settings.seconds(variable))
                                    && missing.add(variable)) {
                                LOG.warning(advice(variable, limit));
                            }
                        });
        if (backend.pooled() && settings.poolUrl().parameter("prepareThreshold").isEmpty()) {
            connection.unwrap(PGConnection.class).setPrepareThreshold(0);
        }
    }

    private String advice(Variable variable, Duration limit) {
        String parameter = Backend.PARAMETERS.get(variable);
        return "%s (%d s) does not arrive at the database's sessions, whose %s is %s: ALTER ROLE %s SET %s = '%ds', and have the pooler open new sessions (RECONNECT)"
                .formatted(
                        variable,
                        settings.number(variable),
                        parameter,
                        limit.isZero() ? "without end" : limit.toMillis() + " ms",
                        settings.user(),
                        parameter,
                        settings.number(variable));
    }

    /** Why migrations are not carried out there. */
    public static SQLFeatureNotSupportedException noPlaceForMigrations(DatabaseUrl url) {
        return new SQLFeatureNotSupportedException(
                "Migrations need a session of their own, and at "
                        + url.display()
                        + " a pooler lends one for a transaction at a time: set DATABASE_URL_SYNC to"
                        + " the database itself",
                "0A000");
    }

    /**
     * Returns if it answers, be all its sessions at work.
     *
     * @throws SQLException SQLState 08001 if none of its hosts does within {@code
     *     DB_VALIDATION_TIMEOUT}
     */
    public void ping() throws SQLException {
        Duration atMost = settings.seconds(Variable.DB_VALIDATION_TIMEOUT);
        IOException failure = null;
        for (DatabaseUrl host : settings.poolUrl().eachHost()) {
            try {
                ping(host.address(), Math.toIntExact(atMost.toMillis()));
                return;
            } catch (IOException e) {
                failure = e;
            }
        }
        throw new SQLException("the pooler does not answer: " + failure, "08001", failure);
    }

    private static void ping(InetSocketAddress address, int millis) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(address, millis);
            socket.setSoTimeout(millis);
            socket.getOutputStream().write(SSL_REQUEST);
            if (socket.getInputStream().read() < 0) {
                throw new EOFException("it closes the connection");
            }
        }
    }
}
