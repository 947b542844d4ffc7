package ai.demeter.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The inside of a socket that waits for nobody longer than it may, over a channel of its own.
 *
 * <p>Two things are different from a plain one. A write that makes no progress is known to {@link
 * WriteWatchdog}, which ends it: {@code SO_TIMEOUT} bounds reads alone. And a peer that let a read
 * time out is not asked again: TLS would read once more for its farewell, and so wait for a frozen
 * server twice.
 */
final class BoundedSocket extends SocketImpl {
    /** Whoever waits for less only looks whether there is something, as pgjdbc does in places. */
    private static final int LOOK_MILLIS = 100;

    private static final long IDLE = Long.MIN_VALUE;

    private final SocketChannel channel;
    private final Socket socket;
    private final long writeNanos;
    private final LongSupplier clock;
    private volatile long writingSince = IDLE;

    /**
     * Not connected yet.
     *
     * @param writeTimeout how long a write may make no progress
     * @param clock nanoseconds, as {@link System#nanoTime}
     */
    BoundedSocket(Duration writeTimeout, LongSupplier clock) throws IOException {
        channel = SocketChannel.open();
        socket = channel.socket();
        writeNanos = writeTimeout.toNanos();
        this.clock = clock;
    }

    SocketChannel channel() {
        return channel;
    }

    /** Whether a write is under way that began too long ago. */
    boolean isStuck() {
        long since = writingSince;
        return since != IDLE && clock.getAsLong() - since >= writeNanos;
    }

    /** Ends whatever read or write is under way, with an exception there, and waits for nothing. */
    void closeQuietly() {
        try {
            channel.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }

    @Override
    protected InputStream getInputStream() throws IOException {
        return new Input(socket.getInputStream());
    }

    @Override
    protected OutputStream getOutputStream() throws IOException {
        return new Output(socket.getOutputStream());
    }

    private final class Input extends InputStream {
        private final InputStream in;

        Input(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            try {
                return in.read(bytes, from, length);
            } catch (SocketTimeoutException e) {
                if (socket.getSoTimeout() >= LOOK_MILLIS) {
                    closeQuietly();
                }
                throw e;
            }
        }

        @Override
        public int available() throws IOException {
            return in.available();
        }
    }

    private final class Output extends OutputStream {
        private final OutputStream out;

        Output(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            writingSince = clock.getAsLong();
            try {
                out.write(bytes, from, length);
            } finally {
                writingSince = IDLE;
            }
        }
    }

    @Override
    protected void create(boolean stream) {
        // The channel is made already.
    }

    @Override
    protected void connect(SocketAddress to, int timeoutMillis) throws IOException {
        socket.connect(to, timeoutMillis);
        address = socket.getInetAddress();
        port = socket.getPort();
        localport = socket.getLocalPort();
    }

    @Override
    protected void connect(String host, int port) throws IOException {
        connect(new InetSocketAddress(host, port), 0);
    }

    @Override
    protected void connect(InetAddress host, int port) throws IOException {
        connect(new InetSocketAddress(host, port), 0);
    }

    @Override
    protected void bind(InetAddress host, int port) throws IOException {
        socket.bind(new InetSocketAddress(host, port));
    }

    @Override
    protected int available() throws IOException {
        return socket.getInputStream().available();
    }

    @Override
    protected void close() throws IOException {
        channel.close();
    }

    @Override
    protected void shutdownInput() throws IOException {
        channel.shutdownInput();
    }

    @Override
    protected void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    protected void listen(int backlog) throws IOException {
        throw new SocketException("a client's socket does not listen");
    }

    @Override
    protected void accept(SocketImpl peer) throws IOException {
        throw new SocketException("a client's socket accepts nobody");
    }

    @Override
    protected void sendUrgentData(int data) throws IOException {
        throw new SocketException("PostgreSQL knows no urgent data");
    }

    @Override
    public void setOption(int option, Object value) throws SocketException {
        switch (option) {
            case SO_TIMEOUT -> socket.setSoTimeout((Integer) value);
            case TCP_NODELAY -> socket.setTcpNoDelay((Boolean) value);
            case SO_KEEPALIVE -> socket.setKeepAlive((Boolean) value);
            case SO_RCVBUF -> socket.setReceiveBufferSize((Integer) value);
            case SO_SNDBUF -> socket.setSendBufferSize((Integer) value);
            case SO_LINGER ->
                    socket.setSoLinger(
                            value instanceof Integer, value instanceof Integer n ? n : 0);
            default -> throw new SocketException("no such option: " + option);
        }
    }

    @Override
    public Object getOption(int option) throws SocketException {
        return switch (option) {
            case SO_TIMEOUT -> socket.getSoTimeout();
            case TCP_NODELAY -> socket.getTcpNoDelay();
            case SO_KEEPALIVE -> socket.getKeepAlive();
            case SO_RCVBUF -> socket.getReceiveBufferSize();
            case SO_SNDBUF -> socket.getSendBufferSize();
            case SO_LINGER -> socket.getSoLinger();
            case SO_BINDADDR -> socket.getLocalAddress();
            default -> throw new SocketException("no such option: " + option);
        };
    }
}
