package ai.demeter.connection;

import ai.demeter.session.Session;
import ai.demeter.settings.InvalidVariable;
import ai.demeter.settings.Variable;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * The data source of physical connections that the container's pool draws from; configured by the
 * environment alone ({@link Variable}), not by properties of the pool.
 *
 * <p>A connection is opened within {@code DB_CONNECT_TIMEOUT} for each host of the URL, or at once
 * not opened while the database is known to be lost.
 */
public class DemeterDataSource implements DataSource {

    private final Supplier<CompositionRoot> parts;

    /** Called by the servers, and by them alone. */
    public DemeterDataSource() {
        // Not yet: making a data source connects nobody.
        this(CompositionRoot::ofProcess);
    }

    /**
     * For the pool of another kind of server.
     *
     * @param parts asked when they are needed
     */
    protected DemeterDataSource(Supplier<CompositionRoot> parts) {
        this.parts = parts;
    }

    /**
     * Opens a connection for the pool.
     *
     * @throws SQLException SQLState 08001 if the database cannot be reached or this thread makes a
     *     {@link Refresh}, 53300 if too many sessions were left waiting for a synchronous standby,
     *     28000 if the password file cannot be read, 25006 if the server takes no writes, or what
     *     the server answered
     */
    @Override
    public Connection getConnection() throws SQLException {
        Refresh.refuseToOpen();
        CompositionRoot with = parts.get();
        Heartbeat heartbeat = with.heartbeat();
        if (heartbeat.isLost()) {
            throw new SQLTransientConnectionException(
                    "the database is known to be unreachable", "08001");
        }
        OpenConnections open = with.openConnections();
        open.opening(1);
        try {
            int known = open.count() + open.opening();
            int left = open.confirmation().left(); // after them, as they turn into these
            if (left > 0 && known + left > with.settings().poolMaximum()) {
                throw new SQLTransientConnectionException(
                        "sessions that wait for a synchronous standby take up the pool's maximum",
                        "53300");
            }
            Session session = with.factory().forPool();
            Validation validation =
                    new Validation(
                            session, heartbeat, with.lifetimes(), with.settings(), with.clock());
            Duration slow = Duration.ofMillis(with.settings().number(Variable.DB_SLOW_STATEMENT));
            return new PhysicalConnection(session, validation, with.openConnections(), slow)
                    .proxy();
        } catch (InvalidVariable e) {
            throw new SQLException(e.getMessage(), "28000", e);
        } catch (SQLException e) {
            heartbeat.openingFailed(e);
            throw e;
        } finally {
            open.opening(-1);
        }
    }

    /**
     * The environment names the user; another one cannot be asked for. IronJacamar passes nulls.
     */
    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        if (user == null && password == null) {
            return getConnection();
        }
        throw new SQLFeatureNotSupportedException("the user is set by DATABASE_USER", "0A000");
    }

    /**
     * Opens connections for migrations: to {@code DATABASE_URL_SYNC}, without a limit to a
     * statement.
     */
    public static DataSource forMigration() {
        return new DemeterDataSource() {
            @Override
            public Connection getConnection() throws SQLException {
                try {
                    CompositionRoot with = CompositionRoot.ofProcess();
                    Session session = with.factory().forMigration();
                    with.openConnections().addUnbounded(session);
                    return session.connection();
                } catch (InvalidVariable e) {
                    throw new SQLException(e.getMessage(), "28000", e);
                }
            }
        };
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    /** Nothing is written to it: connections log by {@code java.util.logging}. */
    @Override
    public void setLogWriter(PrintWriter out) {}

    /** Not settable: {@code DB_CONNECT_TIMEOUT} is. Both servers call it with what they have. */
    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return parts.get().settings().number(Variable.DB_CONNECT_TIMEOUT);
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger(DemeterDataSource.class.getPackageName());
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        throw new SQLException("not a wrapper of " + type.getSimpleName(), "0A000");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }
}
