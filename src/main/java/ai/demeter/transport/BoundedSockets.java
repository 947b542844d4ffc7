package ai.demeter.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.SocketFactory;

/**
 * Gives pgjdbc sockets over a {@link BoundedChannel}, which is kept at hand: it can be asked
 * whether the server has sent or closed anything, without waiting for it, which a plain socket
 * cannot.
 *
 * <p>pgjdbc makes the factory by name and passes it one text ({@code socketFactory} and {@code
 * socketFactoryArg}): the ticket under which the opener of the connection collects the channel.
 */
public final class BoundedSockets extends SocketFactory {
    private static final Map<String, Expected> EXPECTED = new ConcurrentHashMap<>();

    private record Expected(
            WriteWatchdog watchdog, Duration writeTimeout, AtomicReference<Opened> last) {}

    /**
     * What was opened.
     *
     * @param channel under the connection, below TLS
     * @param encrypted whether there is TLS
     */
    public record Opened(BoundedChannel channel, boolean encrypted) {}

    private final String ticket;

    /** Called by pgjdbc. */
    public BoundedSockets(String ticket) {
        this.ticket = ticket;
    }

    /**
     * Begins the opening of a connection.
     *
     * @param writeTimeout how long a write may make no progress
     * @return the ticket, which {@link #collect} must end
     */
    public static String expect(WriteWatchdog watchdog, Duration writeTimeout) {
        String ticket = UUID.randomUUID().toString();
        EXPECTED.put(ticket, new Expected(watchdog, writeTimeout, new AtomicReference<>()));
        return ticket;
    }

    /**
     * Ends the opening of a connection.
     *
     * @return what was opened last for the ticket, as hosts are tried in turn; null if nothing was
     */
    public static Opened collect(String ticket) {
        return EXPECTED.remove(ticket).last.get();
    }

    /** The one opened last for the ticket is being encrypted. */
    static void encrypted(String ticket) {
        Expected expected = EXPECTED.get(ticket);
        if (expected != null) {
            expected.last.updateAndGet(opened -> new Opened(opened.channel, true));
        }
    }

    @Override
    public Socket createSocket() throws IOException {
        Expected expected = EXPECTED.get(ticket);
        if (expected == null) { // the opener waits no longer; or it is to cancel a statement
            return new Socket();
        }
        BoundedChannel channel = expected.watchdog.open(expected.writeTimeout);
        expected.last.set(new Opened(channel, false));
        return new Socket(new BoundedSocket(channel)) {};
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
