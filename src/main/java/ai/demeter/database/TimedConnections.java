package ai.demeter.database;

import ai.demeter.pool.BorrowGate;
import ai.demeter.pool.Handles;
import ai.demeter.pool.Loan;
import ai.demeter.pool.ReplicaReads;
import java.sql.Connection;
import java.sql.SQLException;
import org.hibernate.engine.jdbc.connections.internal.DatasourceConnectionProviderImpl;

/**
 * Hibernate's way to the container's pool, timed, and to that of the replica for what is read
 * there. Named in {@code persistence.xml}; where the pool is, Hibernate still reads from the
 * persistence unit.
 */
public class TimedConnections extends DatasourceConnectionProviderImpl {
    private static final long serialVersionUID = 1L;

    @Override
    public Connection getConnection() throws SQLException {
        if (ReplicaReads.isChosen()) {
            return Handles.borrowed(ReplicaReads.borrow());
        }
        long asked = System.nanoTime();
        try {
            Connection connection = BorrowGate.ofProcess().beside(super::getConnection);
            Loan.acquired(System.nanoTime() - asked);
            return Handles.borrowed(connection);
        } catch (SQLException e) {
            if (Failure.of(e).kind() == Failure.Kind.POOL_EXHAUSTED) {
                Loan.timedOut();
            }
            throw e;
        }
    }

    @Override
    public void closeConnection(Connection connection) throws SQLException {
        Handles.givenBack(connection);
        super.closeConnection(connection);
    }
}
