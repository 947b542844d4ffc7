package ai.demeter.connection;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How many of the pool's physical connections were opened and closed since the start, and why. */
public final class ConnectionCounts {

    /** Why a connection was closed; the first reason that held. */
    public enum Closing {
        /** Older than {@code DB_POOL_RECYCLE} allows. */
        TOO_OLD,
        /** The validation got no answer, or found the session ended or read-only. */
        INVALID,
        /** The database was lost or fell silent since the connection was last heard from. */
        LOST,
        /** Its commit failed, after which no server sets it right again. */
        COMMIT_FAILED,
        /** Found broken: while it was used, or because the heartbeat gave it up. */
        BROKEN,
        /** The container's pool closed a sound one: idle for too long, or at the end. */
        POOL
    }

    private final LongAdder opened = new LongAdder();
    private final LongAdder validationFailures = new LongAdder();
    private final Map<Closing, LongAdder> closed = new EnumMap<>(Closing.class);

    ConnectionCounts() {
        for (Closing reason : Closing.values()) {
            closed.put(reason, new LongAdder());
        }
    }

    /** Connections opened. */
    public long opened() {
        return opened.sum();
    }

    /** Connections closed for this reason. */
    public long closed(Closing reason) {
        return closed.get(reason).sum();
    }

    /** Connections that were about to be lent and found unfit, for any reason but their age. */
    public long validationFailures() {
        return validationFailures.sum();
    }

    void countOpened() {
        opened.increment();
    }

    void countClosed(Closing reason) {
        closed.get(reason).increment();
    }

    void countValidationFailure() {
        validationFailures.increment();
    }
}
