package ai.demeter.connection;

import ai.demeter.session.Session;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;

/**
 * A pass over the idle connections of the container's pool: it borrows all there are, which has the
 * pool drop those that are not worth keeping, and opens none. A pool lends the one returned last
 * first, so those at the bottom are reached only by holding the others.
 *
 * <p>While a pass borrows, nobody else finds an idle connection. So it is short: what takes a round
 * trip or has the database work, to ask the few that were not heard from lately and to take leave
 * of those that are dropped, is put off until the others are given back ({@link #finish}).
 */
public final class Refresh {
    /** Of the thread that borrows: both pools validate and open on it. */
    private static final ThreadLocal<Refresh> OF_THREAD = new ThreadLocal<>();

    private final long silentSince;
    private final BooleanSupplier permits;
    private final List<Runnable> later = new ArrayList<>();
    private final List<Connection> toBeAsked = new ArrayList<>();
    private int surplus;
    private boolean complete = true;
    private boolean due;
    private int putOff;

    private Refresh(long silentSince, BooleanSupplier permits, int surplus) {
        this.silentSince = silentSince;
        this.permits = permits;
        this.surplus = surplus;
    }

    /**
     * A pass that asks some of the idle connections, at its end.
     *
     * @param silentSince a time of {@link System#nanoTime}: connections not heard from since then
     *     are to be asked whether they still live
     * @param permits whether one more of them may be: it costs a round trip, for which it is held
     * @param surplus how many sound ones are to be closed
     */
    public static Refresh ofSome(long silentSince, BooleanSupplier permits, int surplus) {
        return new Refresh(silentSince, permits, surplus);
    }

    /**
     * A pass that asks all of them, each before the next is borrowed: no doubtful one is left to be
     * lent meanwhile.
     *
     * @param silentSince as above
     * @param surplus as above
     */
    public static Refresh ofAll(long silentSince, int surplus) {
        return new Refresh(silentSince, null, surplus);
    }

    /**
     * Borrows every idle connection.
     *
     * @param most how many the pool may lend: for one more it would wait
     * @return those that are sound, to be returned by the caller, but for those still to be asked
     */
    public List<Connection> borrowIdle(DataSource pool, int most) {
        List<Connection> held = new ArrayList<>();
        OF_THREAD.set(this);
        try {
            while (held.size() + toBeAsked.size() < most) {
                Connection idle = pool.getConnection();
                (putOff > toBeAsked.size() ? toBeAsked : held).add(idle);
            }
            return held;
        } catch (SQLException e) {
            return held; // the pool would have had to open one
        } finally {
            OF_THREAD.remove();
        }
    }

    /** Does what was put off. */
    public void finish() {
        later.forEach(Runnable::run);
    }

    /** Those that are held until it is finished, to be returned by the caller. */
    public List<Connection> toBeAsked() {
        return toBeAsked;
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

    /** Whether a connection last heard from at that time is to be asked now. */
    boolean mayAsk(long lastChecked) {
        due = false;
        if (lastChecked - silentSince >= 0) {
            return false;
        }
        if (permits == null) {
            return true;
        }
        due = permits.getAsBoolean();
        complete &= due;
        return false;
    }

    /** Puts the question off to the end of this thread's pass, if the last one is due. */
    static void putOff(Runnable question) {
        Refresh pass = OF_THREAD.get();
        if (pass != null && pass.due) {
            pass.due = false;
            pass.putOff++;
            pass.later.add(question);
        }
    }

    /** Takes leave of a session: at the end of the pass, if this thread makes one. */
    public static void close(Session session) {
        Refresh pass = OF_THREAD.get();
        if (pass == null) {
            session.close();
        } else {
            pass.later.add(session::close); // its process ends, which others would wait for
        }
    }
}
