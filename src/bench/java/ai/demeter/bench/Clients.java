package ai.demeter.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * Clients over HTTP on one thread, each sending its next request when the last one is answered.
 * They share the cores with the server, as does the database.
 */
final class Clients {
    private static final Set<Integer> SUCCESS = Set.of(200, 201);

    private final InetSocketAddress server;
    private final Supplier<byte[]> requests;
    private final Histogram took = new Histogram(3);
    private long failed;
    private int open;

    private Clients(URI base, Supplier<byte[]> requests) {
        server = new InetSocketAddress(base.getHost(), base.getPort());
        this.requests = requests;
    }

    /** Measures the requests for some time; requests under way at its end are waited for. */
    static Figures run(URI base, int connections, Duration time, Supplier<byte[]> requests)
            throws IOException {
        return new Clients(base, requests).run(connections, time);
    }

    private Figures run(int connections, Duration time) throws IOException {
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < connections; i++) {
                connect(selector);
            }
            long started = System.nanoTime();
            for (SelectionKey key : selector.keys()) {
                ((HttpConnection) key.attachment()).send(requests.get());
            }
            long until = started + time.toNanos();
            while (open > 0) {
                selector.select(key -> receive(selector, key, until));
            }
            return Figures.of(took, failed, (System.nanoTime() - started) / 1e9);
        }
    }

    private HttpConnection connect(Selector selector) throws IOException {
        HttpConnection connection = new HttpConnection(server);
        connection.channel().register(selector, SelectionKey.OP_READ, connection);
        open++;
        return connection;
    }

    private void receive(Selector selector, SelectionKey key, long until) {
        HttpConnection connection = (HttpConnection) key.attachment();
        int status;
        try {
            status = connection.receive();
        } catch (IOException e) {
            status = -1;
        }
        if (status == 0) {
            return;
        }
        long now = System.nanoTime();
        took.recordValue(now - connection.sent());
        if (!SUCCESS.contains(status)) {
            failed++;
        }
        try {
            boolean more = now - until < 0;
            if (!more || status < 0 || connection.isLast()) {
                connection.close();
                open--;
            }
            if (more) {
                HttpConnection next =
                        connection.channel().isOpen() ? connection : connect(selector);
                next.send(requests.get());
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
