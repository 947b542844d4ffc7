package ai.demeter.replica;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** The physical connections with the read replica that are open, lent and idle. */
public final class ReplicaConnections {
    private final Set<ReplicaConnection> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger opening = new AtomicInteger();
    private final AtomicInteger disruptions = new AtomicInteger();
    private final LongAdder opened = new LongAdder();

    /** How many are open. */
    public int count() {
        open.removeIf(ReplicaConnection::isClosed);
        return open.size();
    }

    /** How many are being opened at the moment. */
    public int opening() {
        return opening.get();
    }

    /** How many were opened so far. */
    public long opened() {
        return opened.sum();
    }

    /** How often the replica was given up, after which idle ones are dead. */
    public int disruptions() {
        return disruptions.get();
    }

    void opening(int more) {
        opening.addAndGet(more);
    }

    void add(ReplicaConnection connection) {
        open.add(connection);
        opened.increment();
    }

    void remove(ReplicaConnection connection) {
        open.remove(connection);
    }

    /** Ends all of them: whoever reads by one fails now, and need not wait for a timeout. */
    void abortAll() {
        if (!open.isEmpty()) {
            disruptions.incrementAndGet();
        }
        open.forEach(ReplicaConnection::abort);
        open.clear();
    }
}
