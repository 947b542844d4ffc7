package ai.demeter.replica;

import ai.demeter.connection.CompositionRoot;
import ai.demeter.connection.DemeterDataSource;
import ai.demeter.connection.Lifetimes;
import ai.demeter.connection.Refresh;
import ai.demeter.session.Backend;
import ai.demeter.session.Session;
import ai.demeter.settings.InvalidVariable;
import ai.demeter.settings.Variable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The data source that the container's second pool, {@code demeter-read}, draws from: {@code
 * DATABASE_URL_READ}. Opens nothing where that is not set.
 */
public class ReplicaDataSource extends DemeterDataSource {
    private final Supplier<Optional<Replica>> parts;

    /** Called by the servers, and by them alone. */
    public ReplicaDataSource() {
        this(CompositionRoot::ofProcess, Replica::ofProcess);
    }

    ReplicaDataSource(Supplier<CompositionRoot> primary, Supplier<Optional<Replica>> parts) {
        super(primary);
        this.parts = parts;
    }

    /**
     * Opens a connection with the replica.
     *
     * @throws SQLException SQLState 08001 if there is none, it is not in use at the moment, or
     *     another server answers than the one that is watched; or what the server answered
     */
    @Override
    public Connection getConnection() throws SQLException {
        Refresh.refuseToOpen();
        Replica replica =
                parts.get().orElseThrow(() -> new SQLException("no DATABASE_URL_READ", "08001"));
        if (replica.watch().isAway()) {
            throw new SQLTransientConnectionException("the read replica is away", "08001");
        }
        ReplicaConnections open = replica.connections();
        open.opening(1);
        try {
            return open(replica).proxy();
        } catch (InvalidVariable e) {
            throw new SQLException(e.getMessage(), "28000", e);
        } finally {
            open.opening(-1);
        }
    }

    private static ReplicaConnection open(Replica replica) throws SQLException {
        CompositionRoot with = replica.primary();
        ReplicaWatch watch = replica.watch();
        Session session = with.factory().forReplica(ReplicaWatch.SILENCE);
        try {
            String server = Backend.serverOf(session.connection());
            if (!watch.isOf(server)) {
                throw new SQLTransientConnectionException(
                        "another server answers than the one that is watched", "08001");
            }
            Lifetimes lifetimes = replica.lifetimes();
            LongSupplier clock = with.clock();
            long opened = clock.getAsLong();
            long softLimit = lifetimes.nextSoftLimit();
            return new ReplicaConnection(
                    session,
                    replica.connections(),
                    () -> {
                        long now = clock.getAsLong();
                        return watch.isOf(server)
                                && !lifetimes.retire(now - opened, softLimit, now);
                    },
                    Duration.ofMillis(with.settings().number(Variable.DB_SLOW_STATEMENT)));
        } catch (SQLException e) {
            session.close();
            throw e;
        }
    }
}
