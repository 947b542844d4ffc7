package ai.demeter.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * A connection that is kept alive, with one request under way. It reads as much of HTTP/1.1 as
 * tells where an answer ends: the less the client costs, the more of the cores the server has.
 */
final class HttpConnection implements AutoCloseable {
    private final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocate(1 << 16);
    private long sent;
    private boolean last;

    HttpConnection(InetSocketAddress server) throws IOException {
        channel = SocketChannel.open(server);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
    }

    SocketChannel channel() {
        return channel;
    }

    /** When the request was sent, by {@link System#nanoTime}. */
    long sent() {
        return sent;
    }

    /** Whether the server closes the connection after this answer. */
    boolean isLast() {
        return last;
    }

    void send(byte[] request) throws IOException {
        in.clear();
        sent = System.nanoTime();
        ByteBuffer out = ByteBuffer.wrap(request);
        while (out.hasRemaining()) { // a request is far smaller than the socket's buffer
            channel.write(out);
        }
    }

    /**
     * Reads what is there.
     *
     * @return the status once the answer is complete, else 0
     * @throws IOException if the connection broke before
     */
    int receive() throws IOException {
        if (channel.read(in) < 0) {
            throw new IOException("closed before the answer was complete");
        }
        int body = end(0);
        if (body < 0) {
            return 0;
        }
        String head =
                new String(in.array(), 0, body, StandardCharsets.ISO_8859_1)
                        .toLowerCase(Locale.ROOT);
        last = head.contains("\r\nconnection: close");
        int length = head.indexOf("\r\ncontent-length:");
        boolean complete;
        if (length >= 0) {
            int from = length + "\r\ncontent-length:".length();
            String value = head.substring(from, head.indexOf('\r', from));
            complete = in.position() >= body + Integer.parseInt(value.strip());
        } else {
            complete = head.contains("chunked") ? isLastChunkIn(body) : true;
        }
        return complete ? Integer.parseInt(head.substring(9, 12)) : 0;
    }

    private boolean isLastChunkIn(int from) {
        int at = from;
        while (true) {
            int line = at;
            while (line < in.position() && in.get(line) != '\r') {
                line++;
            }
            if (line >= in.position()) {
                return false;
            }
            String size = new String(in.array(), at, line - at, StandardCharsets.ISO_8859_1);
            int bytes = Integer.parseInt(size.strip(), 16);
            at = line + 2 + bytes + 2;
            if (bytes == 0) {
                return in.position() >= at;
            }
        }
    }

    /** Where the first empty line ends, or -1. */
    private int end(int from) {
        byte[] bytes = in.array();
        for (int i = from; i + 3 < in.position(); i++) {
            if (bytes[i] == '\r'
                    && Arrays.equals(bytes, i, i + 4, new byte[] {'\r', '\n', '\r', '\n'}, 0, 4)) {
                return i + 4;
            }
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
