package ai.demeter.fault;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Many clients that send what no HTTP client sends: nothing, a byte a second, or requests without
 * end whose answers they never read. One thread serves them all.
 */
final class Sockets implements AutoCloseable {
    private final List<SocketChannel> channels = new ArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    private Sockets() {}

    /** As many that connect. */
    static Sockets open(URI server, int count) throws IOException {
        Sockets sockets = new Sockets();
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open();
            // Small, so that an answer that is not read fills it.
            channel.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
            channel.connect(new InetSocketAddress(server.getHost(), server.getPort()));
            channel.configureBlocking(false);
            sockets.channels.add(channel);
        }
        return sockets;
    }

    /** Each sends this once; what the server does not take is lost. */
    Sockets send(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        channels.forEach(channel -> write(channel, ByteBuffer.wrap(bytes)));
        return this;
    }

    /** And then this, again and again, each second. */
    Sockets everySecond(String text) {
        clock.scheduleAtFixedRate(() -> send(text), 1, 1, TimeUnit.SECONDS);
        return this;
    }

    private static void write(SocketChannel channel, ByteBuffer bytes) {
        try {
            channel.write(bytes);
        } catch (IOException e) {
            close(channel); // the server has cut it
        }
    }

    /** The first bytes of the answers that have come, one for each client that was answered. */
    List<String> answers() {
        List<String> answers = new ArrayList<>();
        for (SocketChannel channel : channels) {
            ByteBuffer bytes = ByteBuffer.allocate(2048);
            try {
                if (channel.isOpen() && channel.read(bytes) > 0) {
                    answers.add(
                            new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8));
                }
            } catch (IOException e) {
                close(channel);
            }
        }
        return answers;
    }

    /** How many the server has cut off, as those know who sent something since. */
    long cutOff() {
        return channels.stream().filter(channel -> !channel.isOpen()).count();
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // Its end is what was wanted.
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
        channels.forEach(Sockets::close);
    }
}
