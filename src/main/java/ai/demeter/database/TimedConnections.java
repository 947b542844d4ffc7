package ai.demeter.database;

import ai.demeter.pool.BorrowTimes;
import java.sql.Connection;
import java.sql.SQLException;
import org.hibernate.engine.jdbc.connections.internal.DatasourceConnectionProviderImpl;

/**
 * Hibernate's way to the container's pool, timed. Named in {@code persistence.xml}; where the pool
 * is, Hibernate still reads from the persistence unit.
 */
public class TimedConnections extends DatasourceConnectionProviderImpl {
    private static final long serialVersionUID = 1L;

    @Override
    public Connection getConnection() throws SQLException {
        long asked = System.nanoTime();
        try {
            Connection connection = super.getConnection();
            BorrowTimes.acquired(System.nanoTime() - asked);
            return connection;
        } catch (SQLException e) {
            if (Failure.of(e).kind() == Failure.Kind.POOL_EXHAUSTED) {
                BorrowTimes.timedOut();
            }
            throw e;
        }
    }

    @Override
    public void closeConnection(Connection connection) throws SQLException {
        try {
            super.closeConnection(connection);
        } finally {
            BorrowTimes.returned();
        }
    }
}
