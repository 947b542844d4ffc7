package ai.demeter.connection;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * A pass over the idle connections of the container's pool: it borrows all there are, which has the
 * pool drop those that are not worth keeping, and opens none. A pool lends the one returned last
 * first, so those at the bottom are reached only by holding the others.
 *
 * <p>While a pass borrows, nobody else finds an idle connection. So it is short: a connection that
 * was heard from lately is looked at only, and of the others no more are asked than it is told.
 */
public final class Refresh {
    /** Of the thread that borrows: both pools validate and open on it. */
    private static final ThreadLocal<Refresh> OF_THREAD = new ThreadLocal<>();

    private final long silentSince;
    private int questions;
    private int surplus;
    private boolean complete = true;

    /**
     * A pass that is still to be made.
     *
     * @param silentSince a time of {@link System#nanoTime}: connections not heard from since then
     *     are to be asked whether they still live
     * @param questions how many of them at most; each costs a round trip
     * @param surplus how many sound ones are to be closed
     */
    public Refresh(long silentSince, int questions, int surplus) {
        this.silentSince = silentSince;
        this.questions = questions;
        this.surplus = surplus;
    }

    /**
     * Borrows every idle connection.
     *
     * @param most how many the pool may lend: for one more it would wait
     * @return those that are sound, to be returned by the caller
     */
    public List<Connection> borrowIdle(DataSource pool, int most) {
        List<Connection> held = new ArrayList<>();
        OF_THREAD.set(this);
        try {
            while (held.size() < most) {
                held.add(pool.getConnection());
            }
            return held;
        } catch (SQLException e) {
            return held; // the pool would have had to open one
        } finally {
            OF_THREAD.remove();
        }
    }

    /** Whether none was left that should have been asked. */
    public boolean isComplete() {
        return complete;
    }

    /**
     * Refuses to open a connection while this thread makes a pass.
     *
     * @throws SQLException with SQLState 08001, if it does
     */
    public static void refuseToOpen() throws SQLException {
        if (OF_THREAD.get() != null) {
            throw new SQLTransientConnectionException("a refresh opens no connection", "08001");
        }
    }

    /** The one that this thread makes; null if it makes none. */
    public static Refresh ofThread() {
        return OF_THREAD.get();
    }

    /** Whether one more is to be closed. */
    public boolean takeSurplus() {
        return surplus-- > 0;
    }

    /** Whether a connection last heard from at that time is to be asked. */
    boolean mayAsk(long lastChecked) {
        if (lastChecked - silentSince >= 0) {
            return false;
        }
        complete &= questions > 0;
        return questions-- > 0;
    }
}
