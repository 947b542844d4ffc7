package ai.demeter.fault;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** A network between the server and PostgreSQL that can freeze, cut, delay and refuse. */
final class Proxy implements AutoCloseable {
    private static final int BUFFER = 64 << 10;

    private final int target;
    private final int port;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Object changed = new Object();
    private ServerSocket listener;
    private boolean frozen;
    private volatile Duration delay = Duration.ZERO;
    private volatile Duration login = Duration.ZERO;
    private volatile Predicate<byte[]> cutAfter = bytes -> false;
    private volatile boolean cutOnce;

    Proxy(int target) throws IOException {
        this.target = target;
        listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        port = listener.getLocalPort();
        accept(listener);
    }

    int port() {
        return port;
    }

    /** Passes nothing on, and resets nothing. */
    void freeze() {
        synchronized (changed) {
            frozen = true;
        }
    }

    /** Passes on what was held back, and what comes. */
    void thaw() {
        synchronized (changed) {
            frozen = false;
            changed.notifyAll();
        }
    }

    /** Adds this to each piece of data on its way to the database. */
    void delay(Duration each) {
        delay = each;
    }

    /** Adds this to the first piece of data of each new connection: the login takes as long. */
    void delayLogin(Duration by) {
        login = by;
    }

    /** Closes every connection. */
    void cut() {
        sockets.forEach(Proxy::close);
    }

    /**
     * Passes on the first piece of data, client to database, that matches, and closes its
     * connection.
     */
    void cutOnceAfter(Predicate<byte[]> matches) {
        cutAfter = matches;
        cutOnce = false;
    }

    /** Whether that has happened: a test of a fault that did not occur shows nothing. */
    boolean hasCutOnce() {
        return cutOnce;
    }

    /** Closes every connection and refuses new ones. */
    void refuse() {
        close(listener);
        cut();
    }

    /** Accepts connections again. */
    void accept() throws IOException {
        listener = new ServerSocket(port, 200, InetAddress.getLoopbackAddress());
        accept(listener);
    }

    @Override
    public void close() {
        thaw();
        refuse();
    }

    private void accept(ServerSocket from) {
        daemon(
                () -> {
                    while (true) {
                        Socket client = from.accept();
                        Socket database;
                        try {
                            database = new Socket(InetAddress.getLoopbackAddress(), target);
                        } catch (IOException e) { // it is down, and the next one may find it up
                            close(client);
                            continue;
                        }
                        client.setTcpNoDelay(true);
                        database.setTcpNoDelay(true);
                        sockets.add(client);
                        sockets.add(database);
                        daemon(() -> pump(client, database, true));
                        daemon(() -> pump(database, client, false));
                    }
                });
    }

    private void pump(Socket from, Socket to, boolean toDatabase) throws IOException {
        byte[] buffer = new byte[BUFFER];
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            boolean first = toDatabase;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (first) {
                    first = false;
                    Thread.sleep(login.toMillis());
                }
                if (toDatabase && !delay.isZero()) {
                    Thread.sleep(delay.toMillis());
                }
                awaitThaw();
                boolean last = toDatabase && cutAfter.test(java.util.Arrays.copyOf(buffer, read));
                if (last) {
                    cutAfter = bytes -> false;
                    cutOnce = true;
                    close(from); // first, so that no answer gets through
                }
                out.write(buffer, 0, read);
                if (last) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private void awaitThaw() throws InterruptedException {
        synchronized (changed) {
            while (frozen) {
                changed.wait();
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                work.run();
                            } catch (IOException e) {
                                // One end closed its connection: that ends this one.
                            }
                        },
                        "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            // It is closed all the same.
        }
    }
}
