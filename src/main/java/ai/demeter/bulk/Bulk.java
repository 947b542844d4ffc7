package ai.demeter.bulk;

import ai.demeter.database.Transaction;
import ai.demeter.database.UnitOfWork;
import ai.demeter.events.TimedStatement;
import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * Many rows at once within a {@link UnitOfWork}: {@code COPY} on the transaction's own connection
 * (PostgreSQL 18 documentation, "COPY"), stored or rolled back with everything else that it does.
 *
 * <p>A portion at a time, which is in memory already, so that no statement lasts as long as a
 * client sends or reads: each has the limits of all statements, and between two of them others can
 * be asked on the same connection.
 */
@ApplicationScoped
public class Bulk {
    private final Transaction transaction;
    private final long slow;

    /** For the proxy of CDI. */
    protected Bulk() {
        transaction = null;
        slow = 0;
    }

    @Inject
    Bulk(Transaction transaction, Settings settings) {
        this.transaction = transaction;
        Duration span = Duration.ofMillis(settings.number(Variable.DB_SLOW_STATEMENT));
        slow = span.isZero() ? Long.MAX_VALUE : span.toNanos();
    }

    /**
     * Stores rows.
     *
     * @param copy {@code COPY … FROM STDIN}
     * @param rows in the format that it says
     * @return how many they were
     * @throws SQLException if the database does not take them, or cannot be reached
     */
    public long in(String copy, byte[] rows) throws SQLException {
        AtomicLong stored = new AtomicLong();
        transaction.with(connection -> stored.set(in(connection, copy, rows, slow)));
        return stored.get();
    }

    /**
     * Reads rows.
     *
     * @param copy {@code COPY … TO STDOUT}
     * @param rows takes them, and keeps nobody waiting: a buffer
     * @throws SQLException if the database cannot be reached, or takes too long
     */
    public void out(String copy, OutputStream rows) throws SQLException {
        transaction.with(connection -> out(connection, copy, rows, slow));
    }

    static long in(Connection connection, String copy, byte[] rows, long slow) throws SQLException {
        CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
        return TimedStatement.timed(
                () -> {
                    try {
                        return copies.copyIn(copy, new ByteArrayInputStream(rows));
                    } catch (IOException e) {
                        throw broken(e);
                    }
                },
                copy,
                slow);
    }

    static void out(Connection connection, String copy, OutputStream rows, long slow)
            throws SQLException {
        CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
        TimedStatement.timed(
                () -> {
                    try {
                        return copies.copyOut(copy, rows);
                    } catch (IOException e) {
                        throw broken(e);
                    }
                },
                copy,
                slow);
    }

    /** What is in memory does not fail: it is the connection that did. */
    private static SQLException broken(IOException failure) {
        return new SQLException("the connection broke during COPY", "08006", failure);
    }
}
