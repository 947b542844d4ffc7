package ai.demeter.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.logging.Logger;

/**
 * Ends writes to a peer that does not read: closes the channel under them, so that whoever writes
 * fails, whether it is a request, the pool or a migration. TCP by itself would wait for as long as
 * the peer's system says that it is there.
 */
public final class WriteWatchdog {
    private static final Logger LOG = Logger.getLogger(WriteWatchdog.class.getName());

    /** How late it may find a write that is stuck. */
    private static final Duration ROUND = Duration.ofMillis(250);

    private final LongSupplier clock;
    private final Set<BoundedChannel> channels = ConcurrentHashMap.newKeySet();

    /**
     * Does not look yet.
     *
     * @param clock nanoseconds, as {@link System#nanoTime}
     */
    public WriteWatchdog(LongSupplier clock) {
        this.clock = clock;
    }

    /** Looks again and again, until the end of the process. */
    public void start() {
        BackgroundThread.start(
                "demeter-write-watchdog",
                () -> {
                    look();
                    BackgroundThread.pause(ROUND.toMillis());
                });
    }

    /** Makes a channel, to be connected, and has an eye on it until it is closed. */
    BoundedChannel open(Duration writeTimeout) throws IOException {
        BoundedChannel channel = new BoundedChannel(writeTimeout, clock);
        channels.add(channel);
        return channel;
    }

    /** How many channels it has an eye on. */
    int watched() {
        return channels.size();
    }

    /** Ends what is stuck, and forgets what is closed. */
    public void look() {
        for (BoundedChannel channel : channels) {
            if (channel.isStuck()) {
                LOG.warning(
                        "A connection was closed: the database has not read what was sent to it for"
                                + " DB_SOCKET_TIMEOUT");
                channel.end();
            }
        }
        channels.removeIf(channel -> !channel.isOpen());
    }
}
