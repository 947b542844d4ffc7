package ai.demeter.idempotency;

import ai.demeter.connection.Heartbeat;
import ai.demeter.database.EnclosingTransaction;
import ai.demeter.database.Failure;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.Callable;

/**
 * Carries requests with a key out once, and finds out what became of one whose commit the database
 * did not confirm.
 */
@ApplicationScoped
public class Once {
    private static final long PAUSE_MILLIS = 50;

    private final EnclosingTransaction transactions;
    private final Heartbeat heartbeat;

    /** For the proxy of CDI. */
    protected Once() {
        this(null, null);
    }

    @Inject
    Once(EnclosingTransaction transactions, Heartbeat heartbeat) {
        this.transactions = transactions;
        this.heartbeat = heartbeat;
    }

    /**
     * Answers a request: with the stored answer if there is one, otherwise by running it, with its
     * answer stored along with what it did.
     *
     * @param run runs it; several times if need be, of which one counts
     * @throws RefusedKey if the key stands for another request, or one is still at work
     * @throws Unanswered if it failed; nothing is stored
     * @throws Exception what the database failed with; only if {@link Failure} calls it a {@link
     *     Failure.Kind#UNKNOWN_OUTCOME} something may be stored
     */
    public Answer answer(KeyedRequest request, Callable<Attempt> run) throws Exception {
        Exception unconfirmed = null;
        Patience patience = null;
        while (true) {
            Claim claim = new Claim(request);
            try {
                return transactions.around(transaction -> attempt(transaction, claim, run));
            } catch (Exception e) {
                if (Failure.of(e).kind() == Failure.Kind.UNKNOWN_OUTCOME) {
                    unconfirmed = e;
                } else if (unconfirmed == null || claim.settles()) {
                    throw e;
                }
                if (patience == null) {
                    patience = new Patience(heartbeat::isLost, System::nanoTime);
                }
                if (!patience.lasts()) {
                    throw unconfirmed;
                }
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private static Answer attempt(
            EnclosingTransaction.Span transaction, Claim claim, Callable<Attempt> run)
            throws Exception {
        claim.again();
        transaction.opensWith(claim::putIn);
        Attempt attempt = run.call();
        if (claim.refusal() != null) {
            return refused(transaction, claim);
        }
        Answer answer = attempt.answer();
        if (answer.status() >= 500) {
            throw new Unanswered(attempt);
        }
        if (!answer.isEarned()) {
            return answer;
        }
        if (transaction.isUnderWay()) {
            transaction.commit(claim.storing(answer));
            return answer;
        }
        if (answer.status() < 400 && transaction.hasLostWork()) {
            throw new IllegalStateException(
                    "a unit of work failed and took others of its request with it, but the answer is "
                            + answer.status());
        }
        try {
            transaction.begin(connection -> claim.putIn(connection, answer));
        } catch (RefusedKey e) {
            return refused(transaction, claim);
        }
        transaction.commit(null);
        return answer;
    }

    private static Answer refused(EnclosingTransaction.Span transaction, Claim claim)
            throws Exception {
        if (claim.stored() == null) {
            throw claim.refusal();
        }
        transaction.commit(null); // and so confirms the one that stored the answer
        return claim.stored();
    }
}
