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

/** The inside of a socket, over a {@link BoundedChannel}. */
final class BoundedSocket extends SocketImpl {
    private final BoundedChannel channel;
    private final Socket socket;
    private volatile int readMillis;

    /** Over a channel that is not connected yet. */
    BoundedSocket(BoundedChannel channel) {
        this.channel = channel;
        socket = channel.socket();
    }

    BoundedChannel channel() {
        return channel;
    }

    @Override
    protected InputStream getInputStream() {
        return new Input();
    }

    @Override
    protected OutputStream getOutputStream() {
        return new Output();
    }

    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            return channel.read(bytes, from, length, readMillis);
        }

        @Override
        public int available() throws IOException {
            return BoundedSocket.this.available();
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            channel.write(bytes, from, length);
        }
    }

    @Override
    protected void create(boolean stream) {
        // The channel is made already.
    }

    @Override
    protected void connect(SocketAddress to, int timeoutMillis) throws IOException {
        channel.connect(to, timeoutMillis);
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
        socket.shutdownInput();
    }

    @Override
    protected void shutdownOutput() throws IOException {
        socket.shutdownOutput();
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
            case SO_TIMEOUT -> readMillis = (Integer) value;
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
            case SO_TIMEOUT -> readMillis;
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
