package ai.demeter.connection;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.SocketFactory;

/**
 * Gives pgjdbc sockets whose channels this package keeps at hand: a channel can be asked whether
 * the server has sent or closed anything, without waiting for it, which a plain socket cannot.
 *
 * <p>pgjdbc makes the factory by name and passes it one text ({@code socketFactory} and {@code
 * socketFactoryArg}): the ticket under which the opener of the connection collects the channel.
 */
public final class SocketChannels extends SocketFactory {
    private static final Map<String, AtomicReference<SocketChannel>> EXPECTED =
            new ConcurrentHashMap<>();

    private final String ticket;

    /** Called by pgjdbc. */
    public SocketChannels(String ticket) {
        this.ticket = ticket;
    }

    static String expect() {
        String ticket = UUID.randomUUID().toString();
        EXPECTED.put(ticket, new AtomicReference<>());
        return ticket;
    }

    /** The channel last opened for the ticket, as hosts are tried in turn; the ticket then ends. */
    static SocketChannel collect(String ticket) {
        return EXPECTED.remove(ticket).get();
    }

    @Override
    public Socket createSocket() throws IOException {
        SocketChannel channel = SocketChannel.open();
        AtomicReference<SocketChannel> expected = EXPECTED.get(ticket);
        if (expected != null) { // null once the opener has given up waiting
            expected.set(channel);
        }
        return channel.socket();
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw onlyUnconnected();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw onlyUnconnected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw onlyUnconnected();
    }

    @Override
    public Socket createSocket(
            InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw onlyUnconnected();
    }

    private static UnsupportedOperationException onlyUnconnected() {
        return new UnsupportedOperationException("pgjdbc connects the socket itself");
    }
}
