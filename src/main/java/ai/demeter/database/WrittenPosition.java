package ai.demeter.database;

import ai.demeter.pool.BorrowGate;
import ai.demeter.pool.PoolFiller;
import ai.demeter.replica.LogPosition;
import ai.demeter.settings.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Where the database's log stood after the last commit of a thread: whoever has replayed that far
 * has what was committed. Asked only where there is a read replica to compare with.
 */
@ApplicationScoped
public class WrittenPosition {
    private static final Logger LOG = Logger.getLogger(WrittenPosition.class.getName());

    /**
     * Not as a part of the commit: the position in that moment is before the commit's own record.
     */
    private static final String QUESTION = "SELECT pg_current_wal_insert_lsn()::text";

    private final ThreadLocal<LogPosition> ofThread = new ThreadLocal<>();
    private final boolean wanted;
    private volatile DataSource pool;

    /** For the proxy of CDI. */
    protected WrittenPosition() {
        wanted = false;
    }

    @Inject
    WrittenPosition(Settings settings) {
        wanted = settings.replica().isPresent();
    }

    /** A transaction of this thread was committed just now, within a permit that it still has. */
    void committed() {
        if (!wanted) {
            return;
        }
        ofThread.remove();
        try (Connection connection = BorrowGate.ofProcess().beside(pool()::getConnection);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(QUESTION)) {
            row.next();
            LogPosition.parse(row.getString(1)).ifPresent(ofThread::set);
        } catch (SQLException | RuntimeException e) { // what was committed is committed
            LOG.fine(() -> "No position after a commit: " + e.getMessage());
        }
    }

    /** Looked up once: to do so for each write would cost more than to borrow. */
    private DataSource pool() {
        DataSource known = pool;
        if (known == null) {
            known = PoolFiller.dataSource();
            pool = known;
        }
        return known;
    }

    /** That of this thread's last commit, forgotten by this; empty if there is none. */
    public Optional<LogPosition> take() {
        LogPosition position = ofThread.get();
        ofThread.remove();
        return Optional.ofNullable(position);
    }
}
