package ai.demeter.bulk;

import ai.demeter.auth.Caller;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A load under way: how far it is, and whether it is to end. Made by {@link Loads}. */
public final class Load implements AutoCloseable {
    private final Loads loads;
    private final long id;
    private final String of;
    private final String by = Caller.subject();
    private final long started = System.nanoTime();
    private final AtomicLong rows = new AtomicLong();
    private volatile boolean cancelled;
    private boolean working; // of the thread that reads

    Load(Loads loads, long id, String of) {
        this.loads = loads;
        this.id = id;
        this.of = of;
    }

    /** Unique in this process. */
    public long id() {
        return id;
    }

    /** What is loaded, such as {@code detections}. */
    public String of() {
        return of;
    }

    /** Whose it is, by the token of the request that began it; null if that had none. */
    public String by() {
        return by;
    }

    /** Rows that were sent to the database so far. */
    public long rows() {
        return rows.get();
    }

    /** Since it began. */
    public Duration age() {
        return Duration.ofNanos(System.nanoTime() - started);
    }

    /** Counts further rows. */
    public void stored(long more) {
        rows.addAndGet(more);
    }

    /** Has it end, with nothing of it stored. */
    public void cancel() {
        cancelled = true;
    }

    /** Whether it is to end. */
    public boolean isCancelled() {
        return cancelled;
    }

    /**
     * Its body, for one thread: who has read a part of it waits for a turn among the loads to work
     * on it, which ends where he reads on.
     */
    public InputStream inTurn(InputStream body) {
        return new FilterInputStream(body) {
            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                rest();
                int read = super.read(bytes, offset, length);
                loads.work();
                working = true;
                return read;
            }

            @Override
            public int read() {
                throw new UnsupportedOperationException("a turn for a byte");
            }
        };
    }

    private void rest() {
        if (working) {
            working = false;
            loads.rest();
        }
    }

    /** It is over, one way or the other. */
    @Override
    public void close() {
        rest();
        loads.ended(this);
    }
}
