package ai.demeter.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.demeter.run.MovableClock;
import ai.demeter.run.Until;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Otherwise requests hang with the database, or what they have sent and got is not what it was. */
class BoundedChannelTest {
    private static final int NO_LIMIT = 0;

    private ServerSocket server;
    private Socket peer;
    private BoundedChannel channel;
    private Thread waiter;

    @BeforeEach
    void connect() throws Exception {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        channel = new BoundedChannel(Duration.ofSeconds(25), new MovableClock());
        channel.connect(server.getLocalSocketAddress(), 1_000);
        peer = server.accept();
    }

    @AfterEach
    void close() throws IOException {
        channel.end();
        peer.close();
        server.close();
    }

    @FunctionalInterface
    private interface Io {
        void run() throws IOException;
    }

    /** Does it on a thread of its own, which waits by now. */
    private CompletableFuture<Void> waiting(Io io) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                io.run();
                                done.complete(null);
                            } catch (Throwable e) {
                                done.completeExceptionally(e);
                            }
                        });
        thread.setDaemon(true);
        thread.start();
        Until.holds(
                "it waits",
                () -> {
                    StackTraceElement[] stack = thread.getStackTrace();
                    return stack.length > 0 && stack[0].isNativeMethod();
                });
        waiter = thread;
        return done;
    }

    private int read() throws IOException {
        return channel.read(new byte[1], 0, 1, NO_LIMIT);
    }

    private static void assertFails(
            CompletableFuture<Void> done, Class<? extends Throwable> expected) {
        assertThatThrownBy(done::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(expected);
    }

    @Test
    @DisplayName("a read without an answer ends by its limit, and not before")
    void readTimesOut() {
        long began = System.nanoTime();
        assertThatThrownBy(() -> channel.read(new byte[1], 0, 1, 300))
                .isInstanceOf(SocketTimeoutException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .isBetween(Duration.ofMillis(299), Duration.ofSeconds(3));
        assertThat(channel.isOpen()).as("asked again").isFalse();
    }

    @Test
    @DisplayName("whoever waits for an answer is woken when the connection is given up")
    void endWakesReader() throws Exception {
        CompletableFuture<Void> read = waiting(this::read);
        channel.end();
        assertFails(read, SocketException.class);
    }

    @Test
    @DisplayName("whoever waits for an answer ends when interrupted")
    void interruptEndsReader() throws Exception {
        CompletableFuture<Void> read = waiting(this::read);
        waiter.interrupt();
        assertFails(read, SocketException.class);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    @DisplayName(
            "a reader that waits does not keep a writer from waiting, and all arrives in order")
    void bothDirections() throws Exception {
        CompletableFuture<Void> read = waiting(this::read);
        byte[] sent = new byte[8 << 20];
        new Random(1).nextBytes(sent);
        CompletableFuture<Void> written = waiting(() -> channel.write(sent, 0, sent.length));
        assertThat(read).isNotDone();
        assertThat(peer.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
        written.get();
        peer.getOutputStream().write(1);
        read.get();
    }

    @Test
    @DisplayName("a peer that has sent or closed anything is not quiet")
    void quiet() throws Exception {
        assertThat(channel.isQuiet()).isTrue();
        peer.getOutputStream().write(1);
        Until.holds("a byte is seen", () -> !channel.isQuiet());
        assertThat(channel.isQuiet()).isTrue();
        peer.close();
        Until.holds("the end is seen", () -> !channel.isQuiet());
        assertThat(read()).isEqualTo(-1);
    }
}
