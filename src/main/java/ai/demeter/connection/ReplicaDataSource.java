package ai.demeter.connection;

import ai.demeter.session.Backend;
import ai.demeter.settings.InvalidVariable;
import ai.demeter.settings.Variable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The data source that the container's second pool, {@code demeter-read}, draws from: {@code
 * DATABASE_URL_READ}. Opens nothing where that is not set.
 */
public class ReplicaDataSource extends DemeterDataSource {
    private final Supplier<CompositionRoot> parts;

    /** Called by the servers, and by them alone. */
    public ReplicaDataSource() {
        this(CompositionRoot::ofProcess);
    }

    ReplicaDataSource(Supplier<CompositionRoot> parts) {
        super(parts);
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
        CompositionRoot with = parts.get();
        ReplicaWatch watch =
                with.replicaWatch()
                        .orElseThrow(() -> new SQLException("no DATABASE_URL_READ", "08001"));
        if (watch.isAway()) {
            throw new SQLTransientConnectionException("the read replica is away", "08001");
        }
        ReplicaConnections open = with.replicaConnections();
        open.opening(1);
        try {
            return open(with, watch).proxy();
        } catch (InvalidVariable e) {
            throw new SQLException(e.getMessage(), "28000", e);
        } finally {
            open.opening(-1);
        }
    }

    private static ReplicaConnection open(CompositionRoot with, ReplicaWatch watch)
            throws SQLException {
        Session session = with.factory().forReplica();
        try {
            String server = Backend.serverOf(session.connection());
            if (!watch.isOf(server)) {
                throw new SQLTransientConnectionException(
                        "another server answers than the one that is watched", "08001");
            }
            Lifetimes lifetimes = with.replicaLifetimes();
            LongSupplier clock = with.clock();
            long opened = clock.getAsLong();
            long softLimit = lifetimes.nextSoftLimit();
            return new ReplicaConnection(
                    session,
                    with.replicaConnections(),
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
