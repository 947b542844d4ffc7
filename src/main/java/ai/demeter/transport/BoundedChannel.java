package ai.demeter.transport;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A channel that waits for nobody longer than it may.
 *
 * <p>A read ends by its own limit; a write that makes no progress is known to {@link
 * WriteWatchdog}, which ends it. And a peer that let a read time out is not asked again: TLS would
 * read once more for its farewell, and so wait for a frozen server twice.
 *
 * <p>The channel never blocks; whoever has to wait does so in a selector. The JDK's own read with a
 * timeout makes the channel non-blocking and blocking again each time: four more calls of the
 * system for each answer (docs/speed.md).
 */
public final class BoundedChannel {
    /** Whoever waits for less only looks whether there is something, as pgjdbc does in places. */
    private static final int LOOK_MILLIS = 100;

    /** The JDK copies what is read or written through memory of that size, and keeps no more. */
    private static final int MOST_BYTES = 16_384;

    private static final long IDLE = Long.MIN_VALUE;

    private final SocketChannel channel;
    private final long writeNanos;
    private final LongSupplier clock;
    private volatile long writingSince = IDLE;

    /** One for each direction: a reader that waits must not keep a writer from doing so. */
    private volatile Selector readable;

    private volatile Selector writable;

    /**
     * Not connected yet.
     *
     * @param writeTimeout how long a write may make no progress
     * @param clock nanoseconds, as {@link System#nanoTime}
     */
    BoundedChannel(Duration writeTimeout, LongSupplier clock) throws IOException {
        channel = SocketChannel.open();
        writeNanos = writeTimeout.toNanos();
        this.clock = clock;
    }

    /** Of which the options and addresses are to be had; not its streams. */
    Socket socket() {
        return channel.socket();
    }

    /**
     * Connects.
     *
     * @param millis within which; 0 for as long as the system tries
     */
    void connect(SocketAddress to, int millis) throws IOException {
        socket().connect(to, millis);
        channel.configureBlocking(false);
        readable = selector(SelectionKey.OP_READ);
    }

    private Selector selector(int operation) throws IOException {
        Selector selector = Selector.open();
        try {
            channel.register(selector, operation);
            return selector;
        } catch (IOException e) {
            selector.close();
            throw e;
        }
    }

    /** Whether it was not closed on this side. */
    public boolean isOpen() {
        return channel.isOpen();
    }

    /**
     * Whether the peer has neither sent nor closed anything since the last read. What it has sent
     * is lost by this.
     */
    public boolean isQuiet() {
        try {
            return channel.read(ByteBuffer.allocate(1)) == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether a write is under way that has made no progress for too long. */
    boolean isStuck() {
        long since = writingSince;
        return since != IDLE && clock.getAsLong() - since >= writeNanos;
    }

    /**
     * Reads what is there, or the first that comes.
     *
     * @param limit milliseconds to wait for it; 0 for as long as it takes
     * @return how much; -1 at the end
     * @throws SocketTimeoutException if nothing came; after more than a look the channel is closed
     */
    int read(byte[] bytes, int from, int length, int limit) throws IOException {
        ByteBuffer target = ByteBuffer.wrap(bytes, from, Math.min(length, MOST_BYTES));
        try {
            int read = channel.read(target);
            return read == 0 && length > 0 ? readWithin(limit, target) : read;
        } catch (ClosedChannelException e) {
            throw closed();
        }
    }

    private int readWithin(int limit, ByteBuffer target) throws IOException {
        long began = System.nanoTime();
        int left = limit;
        while (true) {
            await(readable, left);
            int read = channel.read(target);
            if (read != 0) {
                return read;
            }
            if (limit > 0) {
                left = limit - (int) ((System.nanoTime() - began) / 1_000_000);
                if (left <= 0) {
                    throw timedOut(limit);
                }
            }
        }
    }

    private SocketTimeoutException timedOut(int limit) {
        if (limit >= LOOK_MILLIS) {
            end();
        }
        return new SocketTimeoutException("Read timed out");
    }

    /** Writes all of it. */
    void write(byte[] bytes, int from, int length) throws IOException {
        try {
            for (int written = 0; written < length; ) {
                int size = Math.min(length - written, MOST_BYTES);
                write(ByteBuffer.wrap(bytes, from + written, size));
                written += size;
            }
        } catch (ClosedChannelException e) {
            throw closed();
        } finally {
            writingSince = IDLE;
        }
    }

    private void write(ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            if (channel.write(source) > 0) {
                writingSince = IDLE;
            } else {
                awaitWritable();
            }
        }
    }

    /** Rare: mostly the system takes what is written, for the peer to read when it likes. */
    private void awaitWritable() throws IOException {
        if (writingSince == IDLE) {
            writingSince = clock.getAsLong();
        }
        if (writable == null) {
            writable = selector(SelectionKey.OP_WRITE);
            if (!isOpen()) { // closed meanwhile by one who did not see it
                writable.close();
            }
        }
        await(writable, 0);
    }

    /** Waits for that many milliseconds at most; for 0, as long as it takes. */
    private void await(Selector selector, long millis) throws IOException {
        try {
            selector.select(ready -> {}, millis);
        } catch (ClosedSelectorException e) {
            throw closed();
        }
        if (Thread.currentThread().isInterrupted()) { // as of any channel
            end();
            throw new SocketException("Closed by interrupt");
        }
    }

    private static SocketException closed() {
        return new SocketException("Socket closed");
    }

    /** Ends whatever read or write is under way, with an exception there, and waits for nothing. */
    public void end() {
        try {
            close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }

    /** The same. */
    void close() throws IOException {
        try {
            channel.close();
        } finally { // wakes whoever waits
            close(readable);
            close(writable);
        }
    }

    private static void close(Selector selector) throws IOException {
        if (selector != null) {
            selector.close();
        }
    }
}
