package ai.demeter.database;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A load under way: how far it is, and whether it is to end. Made by {@link Loads}. */
public final class Load implements AutoCloseable {
    private final Loads loads;
    private final long id;
    private final String of;
    private final long started = System.nanoTime();
    private final AtomicLong rows = new AtomicLong();
    private volatile boolean cancelled;

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

    /** It is over, one way or the other. */
    @Override
    public void close() {
        loads.ended(this);
    }
}
