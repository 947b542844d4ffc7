package ai.demeter.database;

import ai.demeter.connection.Commit;
import ai.demeter.events.Spans;
import ai.demeter.pool.Bulkhead;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.interceptor.InvocationContext;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A transaction around all units of work of a request instead of one for each, so that something
 * can be stored with what they do. The first of them begins it; whoever encloses them ends it.
 *
 * <p>For the units of work it is as if each had its own: one that fails is rolled back, though with
 * all that were before it, and what comes afterwards finds no transaction that has failed.
 */
@ApplicationScoped
public class EnclosingTransaction {
    private final ThreadLocal<Span> current = new ThreadLocal<>();
    private final Bulkhead bulkhead;
    private final Retries retries;
    private final Transaction transaction;

    /** For the proxy of CDI. */
    protected EnclosingTransaction() {
        this(null, null, null);
    }

    @Inject
    EnclosingTransaction(Bulkhead bulkhead, Retries retries, Transaction transaction) {
        this.bulkhead = bulkhead;
        this.retries = retries;
        this.transaction = transaction;
    }

    /** What a transaction begins with. */
    @FunctionalInterface
    public interface Opening {
        /**
         * Does it.
         *
         * @return why there is to be no unit of work; empty if there is
         */
        Optional<RuntimeException> run(Connection connection) throws SQLException;
    }

    /** What may have units of work in it. */
    @FunctionalInterface
    public interface Enclosed<T> {
        /** Runs it; a transaction that it does not commit is rolled back. */
        T run(Span transaction) throws Exception;
    }

    /**
     * Runs it within one permit, and again as {@link UnitOfWork} says; nothing inside it is run
     * again by itself.
     *
     * @throws Exception what the last run threw
     */
    public <T> T around(Enclosed<T> enclosed) throws Exception {
        Callable<T> work = () -> retries.run(() -> once(enclosed));
        return Spans.within("unit of work", 0, () -> bulkhead.call(work), Retries::kind);
    }

    private <T> T once(Enclosed<T> enclosed) throws Exception {
        Span span = new Span();
        current.set(span);
        try {
            return enclosed.run(span);
        } finally {
            current.remove();
            transaction.rollBack(new IllegalStateException("not committed"));
        }
    }

    /** That of this thread; null if there is none. */
    Span current() {
        return current.get();
    }

    /** One run of what is enclosed, of one thread. */
    public final class Span {
        private Opening opening = connection -> Optional.empty();
        private RuntimeException refused;
        private long started;
        private int depth;
        private int units;
        private boolean lostWork;

        private Span() {}

        /**
         * What each transaction begins with; if it refuses, the transaction is left open, and its
         * units of work end with what it refuses with.
         */
        public void opensWith(Opening first) {
            opening = first;
        }

        /** Whether a transaction is open. */
        public boolean isUnderWay() throws Exception {
            return transaction.isUnderWay();
        }

        /** Whether a unit of work failed after another one, and took it with it. */
        public boolean hasLostWork() {
            return lostWork;
        }

        /** Begins a transaction with this, which may refuse, instead of a unit of work. */
        public void begin(Opening first) throws Exception {
            started = transaction.begin();
            AtomicReference<Optional<RuntimeException>> refusal = new AtomicReference<>();
            // Nothing is thrown through Hibernate, which then keeps the handle of the connection.
            transaction.with(connection -> refusal.set(first.run(connection)));
            refused = refusal.get().orElse(null);
            if (refused != null) {
                throw refused;
            }
        }

        /**
         * Commits.
         *
         * @param last a statement to be carried out with the commit, in one round trip; null for
         *     none
         * @throws Exception if it was not committed, or nobody knows
         */
        public void commit(Commit.Statement last) throws Exception {
            try {
                transaction.commit(last);
            } catch (Exception e) {
                throw transaction.rolledBack(e, started);
            }
        }

        Object unitOfWork(InvocationContext call) throws Exception {
            if (depth > 0) {
                return transaction.run(call, 0);
            }
            open();
            depth++;
            try {
                Object result = call.proceed();
                transaction.flush();
                units++;
                return result;
            } catch (Exception e) {
                forget();
                throw transaction.rolledBack(e, started);
            } catch (Error e) {
                forget();
                transaction.rollBack(e);
                throw e;
            } finally {
                depth--;
            }
        }

        private void open() throws Exception {
            if (refused != null) {
                throw refused; // somebody caught the first one, and goes on
            }
            if (!transaction.isUnderWay()) {
                begin(opening);
            }
        }

        private void forget() {
            lostWork |= units > 0;
            units = 0;
        }
    }
}
