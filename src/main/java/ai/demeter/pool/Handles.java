package ai.demeter.pool;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The connections that Hibernate has borrowed on this thread and not given back yet. When the work
 * that borrowed them is done there are none, unless Hibernate kept one, as it does when work with
 * the connection itself fails: the pool would have one less for good, so that is closed here.
 *
 * <p>Of the servers only WildFly finds such a one, at the price of a stack trace for each
 * connection that is borrowed: a tenth of what a get costs (docs/speed.md).
 */
public final class Handles {
    private static final Logger LOG = Logger.getLogger(Handles.class.getName());

    /** Static, because Hibernate makes whoever borrows. */
    private static final ThreadLocal<List<Connection>> OF_THREAD = new ThreadLocal<>();

    private Handles() {}

    /** One that was borrowed; the same. */
    public static Connection borrowed(Connection connection) {
        List<Connection> handles = OF_THREAD.get();
        if (handles == null) {
            handles = new ArrayList<>(2);
            OF_THREAD.set(handles);
        }
        handles.add(connection);
        return connection;
    }

    /** One that is given back. */
    public static void givenBack(Connection connection) {
        List<Connection> handles = OF_THREAD.get();
        if (handles != null) {
            handles.removeIf(each -> each == connection); // not by equals, a call of the driver
        }
    }

    /** The work on this thread is done. */
    static void closeForgotten() {
        List<Connection> handles = OF_THREAD.get();
        if (handles == null) {
            return;
        }
        OF_THREAD.remove();
        for (Connection forgotten : handles) {
            LOG.severe(
                    "A unit of work or read has ended and left its connection in use, which was given back for it.");
            close(forgotten);
        }
    }

    private static void close(Connection forgotten) {
        try {
            forgotten.close();
        } catch (SQLException e) {
            LOG.log(Level.FINE, "It does not close", e);
        }
    }
}
