package ai.demeter.run;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Holds the table of warehouses, so that whatever reads or writes it waits, until closed. */
public final class TableLock implements AutoCloseable {
    private final Connection connection;

    /** Has the lock when it returns. */
    public TableLock(Postgres postgres) throws SQLException {
        connection = postgres.superuser();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("LOCK TABLE warehouse IN ACCESS EXCLUSIVE MODE");
        }
    }

    /** Lets those who wait go on. */
    public void release() throws SQLException {
        connection.rollback();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
