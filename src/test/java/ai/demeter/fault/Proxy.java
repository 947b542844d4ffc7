package ai.demeter.fault;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/** A network between the server and PostgreSQL that can freeze, cut, delay and refuse. */
final class Proxy implements AutoCloseable {
    private static final int BUFFER = 64 << 10;

    /** Everything, and the connection goes on. */
    private static final int ALL = -1;

    /** Everything, and then the connection ends. */
    private static final int WHOLE = Integer.MAX_VALUE;

    private final int target;
    private final int port;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Object changed = new Object();
    private ServerSocket listener;
    private boolean frozen;
    private volatile Duration delay = Duration.ZERO;
    private volatile Duration login = Duration.ZERO;
    private final AtomicReference<Cut> cut = new AtomicReference<>();
    private volatile boolean cutOnce;

    /**
     * Where a connection is to be cut.
     *
     * @param after what its connection has sent before, or in the same piece of data
     * @param matches the piece of data, client to database, that it happens at
     * @param toDatabase whether within that piece, or within what the database answers to it
     * @param bytes how many of them are passed on
     */
    private record Cut(String after, Predicate<byte[]> matches, boolean toDatabase, int bytes) {}

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
        cutOnceWithin("", matches, WHOLE);
    }

    /** The same on the connection that has sent this text, and no other. */
    void cutOnceAfter(String text, Predicate<byte[]> matches) {
        cutOnceWithin(text, matches, WHOLE);
    }

    /** The same, and of that piece only its first bytes; nothing if it has no more than that. */
    void cutOnceWithin(String text, Predicate<byte[]> matches, int bytes) {
        cutOnce = false;
        cut.set(new Cut(text, matches, true, bytes));
    }

    /**
     * Passes on that piece, then as many bytes of the answer, and closes its connection; nothing if
     * the answer has no more than that.
     */
    void cutOnceWithinAnswer(String text, Predicate<byte[]> matches, int bytes) {
        cutOnce = false;
        cut.set(new Cut(text, matches, false, bytes));
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
                        AtomicInteger ofAnswer = new AtomicInteger(ALL);
                        daemon(() -> toDatabase(client, database, ofAnswer));
                        daemon(() -> toClient(database, client, ofAnswer));
                    }
                });
    }

    private void toDatabase(Socket client, Socket database, AtomicInteger ofAnswer)
            throws IOException {
        AtomicBoolean first = new AtomicBoolean(true);
        AtomicReference<Cut> begun = new AtomicReference<>();
        pump(
                client,
                database,
                piece -> {
                    Duration atFirst = first.getAndSet(false) ? login : Duration.ZERO;
                    Thread.sleep(atFirst.plus(delay).toMillis());
                    awaitThaw();
                    Cut due = cut.get();
                    if (due != null
                            && new String(piece, StandardCharsets.ISO_8859_1).contains(due.after)) {
                        begun.set(due);
                    }
                    if (due == null
                            || begun.get() != due
                            || !due.matches.test(piece)
                            || !cut.compareAndSet(due, null)) {
                        ofAnswer.set(ALL);
                        return ALL;
                    }
                    ofAnswer.set(due.toDatabase ? ALL : due.bytes);
                    if (!due.toDatabase || due.bytes >= piece.length && due.bytes != WHOLE) {
                        return ALL;
                    }
                    cutOnce = true;
                    close(client); // first, so that no answer gets through
                    return Math.min(due.bytes, piece.length);
                });
    }

    private void toClient(Socket database, Socket client, AtomicInteger ofAnswer)
            throws IOException {
        pump(
                database,
                client,
                piece -> {
                    awaitThaw();
                    int left = ofAnswer.get();
                    if (left == ALL || piece.length <= left) {
                        ofAnswer.set(left == ALL ? ALL : left - piece.length);
                        return ALL;
                    }
                    cutOnce = true;
                    return left;
                });
    }

    private interface Valve {
        /** How much of it is to be passed on before the connection is closed; {@link #ALL}. */
        int open(byte[] piece) throws InterruptedException;
    }

    private void pump(Socket from, Socket to, Valve valve) throws IOException {
        byte[] buffer = new byte[BUFFER];
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                int passed = valve.open(Arrays.copyOf(buffer, read));
                out.write(buffer, 0, passed == ALL ? read : passed);
                if (passed != ALL) {
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
