package ai.demeter.database;

import ai.demeter.connection.Commit;
import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.interceptor.InvocationContext;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.UserTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.hibernate.Session;
import org.hibernate.jdbc.Work;

/**
 * One transaction of the container, committed when {@link #run} returns.
 *
 * <p>Not {@code @Transactional}: on Payara that commits when an {@link Error} is thrown, and
 * returns as if all were well when the transaction was rolled back meanwhile because it took too
 * long.
 */
@Dependent
public class Transaction {
    private static final String TRANSACTION_TIMEOUT = "25P04"; // of PostgreSQL's appendix A

    /**
     * What a unit of work fails with when it was rolled back under it: a statement finds that the
     * transaction is over, or rows gone that it had written itself.
     */
    private static final Set<Failure.Kind> OF_A_ROLLBACK =
            EnumSet.of(Failure.Kind.OTHER, Failure.Kind.STALE);

    @PersistenceContext(unitName = "demeter")
    private EntityManager entityManager;

    /**
     * Not by {@code @Inject}: on Payara that is a proxy which looks it up in JNDI for each call.
     */
    @Resource private UserTransaction transaction;

    private final WrittenPosition written;
    private final long limit;

    @Inject
    Transaction(WrittenPosition written, Settings settings) {
        this.written = written;
        limit = settings.seconds(Variable.DB_TRANSACTION_TIMEOUT).toNanos();
    }

    /**
     * Proceeds, as part of the transaction under way if there is one; whatever is thrown rolls
     * back.
     *
     * @param seconds how long it may take; 0 for {@code DB_TRANSACTION_TIMEOUT}
     * @throws Exception what the call threw, or the reason why it could not be committed
     */
    Object run(InvocationContext call, int seconds) throws Exception {
        return isUnderWay() ? part(call) : whole(call, seconds);
    }

    private Object part(InvocationContext call) throws Exception {
        boolean done = false;
        try {
            Object result = call.proceed();
            done = true;
            return result;
        } finally {
            if (!done) {
                transaction.setRollbackOnly();
            }
        }
    }

    private Object whole(InvocationContext call, int seconds) throws Exception {
        long nanos = seconds == 0 ? limit : TimeUnit.SECONDS.toNanos(seconds);
        long started = begin(seconds);
        try {
            if (seconds > 0) {
                with(connection -> mayWait(connection, seconds));
            }
            Object result = call.proceed();
            commit(null);
            return result;
        } catch (Exception e) {
            throw rolledBack(e, started, nanos);
        } catch (Error e) {
            rollBack(e);
            throw e;
        }
    }

    private long begin(int seconds) throws Exception {
        if (seconds == 0) {
            return begin();
        }
        transaction.setTransactionTimeout(seconds);
        try {
            return begin();
        } finally {
            // Of this thread, which goes on to others. Not 0: on Payara that is none at all.
            transaction.setTransactionTimeout((int) TimeUnit.NANOSECONDS.toSeconds(limit));
        }
    }

    /** For this transaction alone: who waits for a client leaves the connection idle. */
    private static void mayWait(Connection connection, int seconds) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL idle_in_transaction_session_timeout = '" + seconds + "s'");
        }
    }

    boolean isUnderWay() {
        try {
            return transaction.getStatus() != Status.STATUS_NO_TRANSACTION;
        } catch (SystemException e) {
            throw new IllegalStateException("the transaction manager does not answer", e);
        }
    }

    /** Begins; when that was, as {@link System#nanoTime}. */
    long begin() throws Exception {
        long started = System.nanoTime();
        transaction.begin();
        return started;
    }

    /**
     * Does something with the transaction's own connection. Nothing is thrown through Hibernate,
     * which would keep the handle of the connection then.
     *
     * @throws SQLException what the work threw
     */
    public void with(Work work) throws SQLException {
        AtomicReference<SQLException> failure = new AtomicReference<>();
        entityManager
                .unwrap(Session.class)
                .doWork(
                        connection -> {
                            try {
                                work.execute(connection);
                            } catch (SQLException e) {
                                failure.set(e);
                            }
                        });
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    /** Has the database hear of everything, and keeps nothing in memory of it. */
    void flush() {
        entityManager.flush();
        entityManager.clear();
    }

    /**
     * Commits.
     *
     * @param last a statement to be carried out with it; null for none
     * @throws Exception if it was not committed, or nobody knows; {@link #rolledBack} says more
     */
    void commit(Commit.Statement last) throws Exception {
        entityManager.flush(); // here rather than in the commit, where its cause may get lost
        Commit.takeFailure();
        if (last != null) {
            Commit.carry(last);
        }
        transaction.commit();
        believeOnly(Commit.takeFailure());
        written.committed();
    }

    /**
     * A transaction manager may log a resource that fails in a one-phase commit as one to be
     * recovered, and return normally. Whatever it makes of it: a commit that failed is not
     * acknowledged.
     */
    private static void believeOnly(Optional<SQLException> failure) {
        if (failure.isPresent()) {
            throw new IllegalStateException("the commit failed", failure.get());
        }
    }

    /**
     * Rolls back because of a failure.
     *
     * @param started what {@link #begin} returned
     * @return the failure to be thrown, with what the commit failed with if it did
     */
    Exception rolledBack(Exception failure, long started) {
        return rolledBack(failure, started, limit);
    }

    private Exception rolledBack(Exception failure, long started, long most) {
        long nanos = System.nanoTime() - started;
        rollBack(failure);
        Commit.takeFailure().ifPresent(failure::addSuppressed);
        return nanos >= most && OF_A_ROLLBACK.contains(Failure.of(failure).kind())
                ? new SQLTimeoutException(
                        "the transaction took longer than it may", TRANSACTION_TIMEOUT, failure)
                : failure;
    }

    /** Unless the commit has ended the transaction already. */
    void rollBack(Throwable failure) {
        try {
            if (isUnderWay()) {
                transaction.rollback();
            }
        } catch (Exception e) {
            failure.addSuppressed(e);
        }
    }
}
