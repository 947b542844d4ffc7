package ai.demeter.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.demeter.run.Certificates;
import ai.demeter.run.MovableClock;
import ai.demeter.run.Until;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Otherwise a server that is stopped would hold whoever writes to it, the heartbeat included. */
class WriteWatchdogTest {
    private static final Duration LIMIT = Duration.ofSeconds(25);
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static SSLContext tls;

    @TempDir private static Path directory;

    private final MovableClock clock = new MovableClock();
    private final WriteWatchdog watchdog = new WriteWatchdog(clock);
    private ServerSocket server;
    private BoundedChannel bounded;

    /** Held: what nobody refers to is closed when garbage is collected. */
    private Socket peer;

    @BeforeEach
    void start() throws Exception {
        if (tls == null) {
            Certificates authority = new Certificates(directory);
            KeyStore keys =
                    KeyStore.getInstance(
                            authority.issue("localhost").store().toFile(),
                            "changeit".toCharArray());
            KeyManagerFactory identity = KeyManagerFactory.getInstance("PKIX");
            identity.init(keys, "changeit".toCharArray());
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("authority", keys.getCertificateChain("self")[1]);
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            tls = SSLContext.getInstance("TLS");
            tls.init(identity.getKeyManagers(), trust.getTrustManagers(), null);
        }
    }

    @AfterEach
    void stop() throws IOException {
        if (peer != null) {
            peer.close();
        }
        server.close();
    }

    /** A client of a server that has accepted it, shaken hands if need be, and reads nothing. */
    private Socket connect(String protocol) throws Exception {
        boolean encrypted = !protocol.equals("plain");
        InetAddress here = InetAddress.getLoopbackAddress();
        server =
                encrypted
                        ? tls.getServerSocketFactory().createServerSocket(0, 1, here)
                        : new ServerSocket(0, 1, here);
        if (server instanceof SSLServerSocket secure) {
            secure.setEnabledProtocols(new String[] {protocol});
        }
        Future<Socket> accepted =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                Socket socket = server.accept();
                                if (socket instanceof SSLSocket secure) {
                                    secure.startHandshake();
                                }
                                return socket;
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        bounded = watchdog.open(LIMIT);
        Socket socket = new Socket(new BoundedSocket(bounded)) {};
        socket.connect(new InetSocketAddress(here, server.getLocalPort()), 1000);
        if (encrypted) {
            socket =
                    tls.getSocketFactory()
                            .createSocket(socket, "localhost", server.getLocalPort(), true);
            ((SSLSocket) socket).startHandshake();
        }
        peer = accepted.get();
        return socket;
    }

    private Future<Void> writeWithoutEnd(Socket socket) throws Exception {
        CompletableFuture<Void> written = new CompletableFuture<>();
        OutputStream out = socket.getOutputStream();
        AtomicInteger writes = new AtomicInteger();
        Thread writer =
                new Thread(
                        () -> {
                            try {
                                while (true) {
                                    out.write(new byte[1 << 14]);
                                    writes.incrementAndGet();
                                }
                            } catch (IOException e) {
                                written.completeExceptionally(e);
                            }
                        });
        writer.setDaemon(true);
        writer.start();
        Until.holds(
                "no progress any more",
                () -> {
                    int before = writes.get();
                    Thread.sleep(300);
                    return writes.get() == before && before > 0;
                });
        return written;
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "TLSv1.2", "TLSv1.3"})
    @DisplayName("a write to a peer that does not read ends, and so does whoever gives it up")
    void stuckWrite(String protocol) throws Exception {
        Socket socket = connect(protocol);
        Future<Void> written = writeWithoutEnd(socket);
        clock.advance(LIMIT.minus(MOMENT));
        watchdog.look();
        assertThat(written.isDone()).isFalse();
        clock.advance(MOMENT);
        watchdog.look();
        assertThatThrownBy(written::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IOException.class);
        long closing = System.nanoTime();
        socket.close();
        assertThat(Duration.ofNanos(System.nanoTime() - closing)).isLessThan(Duration.ofSeconds(2));
        assertThat(watchdog.watched()).isZero();
    }

    // Would break: large batches over a slow network.
    @Test
    @DisplayName("within the limit nothing is ended, nor is what only waits for an answer")
    void withinTheLimit() throws Exception {
        Socket socket = connect("plain");
        socket.getOutputStream().write(1);
        clock.advance(LIMIT.multipliedBy(2));
        watchdog.look();
        assertThat(socket.isClosed()).isFalse();
        assertThat(bounded.isOpen()).isTrue();
        assertThat(watchdog.watched()).isEqualTo(1);
        socket.close();
        watchdog.look();
        assertThat(watchdog.watched()).isZero();
    }

    // Would break: a frozen database holds requests, and the heartbeat, for twice the timeout.
    @ParameterizedTest
    @ValueSource(strings = {"plain", "TLSv1.2", "TLSv1.3"})
    @DisplayName("after a read has timed out, closing waits for nothing more")
    void closingAfterTimeout(String protocol) throws Exception {
        Socket socket = connect(protocol);
        socket.setSoTimeout(2000);
        assertThatThrownBy(() -> socket.getInputStream().read())
                .isInstanceOf(SocketTimeoutException.class);
        long closing = System.nanoTime();
        socket.close();
        assertThat(Duration.ofNanos(System.nanoTime() - closing)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    @DisplayName("a mere look for something to read, which finds nothing, closes nothing")
    void lookFindsNothing() throws Exception {
        Socket socket = connect("plain");
        socket.setSoTimeout(1);
        assertThatThrownBy(() -> socket.getInputStream().read())
                .isInstanceOf(SocketTimeoutException.class);
        assertThat(bounded.isOpen()).isTrue();
    }
}
