package ai.demeter.pool;

import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Lets many borrow from the container's pool side by side, or one hold its idle connections for a
 * moment, alone: whoever came then would find none idle and open one that nobody needs.
 *
 * <p>Only the borrowing itself is guarded, not the use of what was borrowed.
 */
public final class BorrowGate {
    /** Static, because Hibernate makes whoever borrows. */
    private static final BorrowGate OF_PROCESS = new BorrowGate();

    private static final BorrowGate OF_REPLICA = new BorrowGate();

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

    BorrowGate() {}

    /** That of this process's pool. */
    public static BorrowGate ofProcess() {
        return OF_PROCESS;
    }

    /** That of the pool of the read replica. */
    static BorrowGate ofReplica() {
        return OF_REPLICA;
    }

    /**
     * Borrows beside others.
     *
     * @throws Exception what the borrowing threw
     */
    public <T, E extends Exception> T beside(Borrowing<T, E> borrowing) throws E {
        lock.readLock().lock();
        try {
            return borrowing.borrow();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** What borrows a connection. */
    @FunctionalInterface
    public interface Borrowing<T, E extends Exception> {
        T borrow() throws E;
    }

    /**
     * Does something alone, unless somebody borrows at this moment: nobody waits for a pass that
     * waits itself.
     *
     * @return whether it was done
     * @throws Exception what was thrown by it
     */
    boolean alone(Callable<?> work) throws Exception {
        if (!lock.writeLock().tryLock()) {
            return false;
        }
        try {
            work.call();
            return true;
        } finally {
            lock.writeLock().unlock();
        }
    }
}
