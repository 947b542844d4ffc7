package ai.demeter.transport;

import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A thread that does its work again and again until the end of the process, whatever happens. */
public final class BackgroundThread {
    private static final Logger LOG = Logger.getLogger(BackgroundThread.class.getName());
    private static final long PAUSE_AFTER_FAILURE_MILLIS = 1000;

    private BackgroundThread() {}

    /**
     * Starts one.
     *
     * @param turn one round of the work, its pause included
     */
    public static void start(String name, Runnable turn) {
        once(name, () -> repeat(name, turn));
    }

    /**
     * Starts a thread that ends with its work, and keeps nothing of whoever starts it: as it may
     * outlive an application, it would hold that one's class loader, which a thread takes over as
     * its context class loader, in its inheritable thread locals and in its access control context.
     */
    @SuppressWarnings("removal") // there is no other way to cut off the access control context
    public static void once(String name, Runnable work) {
        AccessController.doPrivileged(
                (PrivilegedAction<Void>)
                        () -> {
                            Thread thread = new Thread(null, work, name, 0, false);
                            thread.setContextClassLoader(BackgroundThread.class.getClassLoader());
                            thread.setDaemon(true);
                            thread.start();
                            return null;
                        });
    }

    private static void repeat(String name, Runnable turn) {
        String lastFailure = "";
        while (true) {
            try {
                turn.run();
            } catch (Throwable e) { // an Error as well: nobody else does this work
                lastFailure = report(name, e, lastFailure);
                pause(PAUSE_AFTER_FAILURE_MILLIS);
            }
        }
    }

    /** Once for each failure that is another one, not once a second. */
    private static String report(String name, Throwable failure, String last) {
        String text = String.valueOf(failure);
        try {
            if (!text.equals(last)) {
                LOG.log(Level.SEVERE, "A failure in " + name + ", which goes on", failure);
            }
        } catch (Throwable e) {
            // It cannot even be said, as when there is no memory; the work matters more.
        }
        return text;
    }

    /** Waits; nobody but the end of the process stops such a thread, so an interrupt is nothing. */
    public static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            // As said.
        }
    }
}
