package ai.demeter.idempotency;

import ai.demeter.auth.Caller;
import ai.demeter.connection.Commit;
import ai.demeter.database.Failure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;

/**
 * One try to have a key for oneself, in the transaction that is to do what its request asks for.
 *
 * <p>The unique index makes the second of two that put the same key in wait until the first one's
 * transaction has ended, whatever became of its connection (PostgreSQL 18 documentation, section
 * 64.5, "Index Uniqueness Checks"). If it was rolled back the second has the key.
 */
final class Claim {
    private static final String PUT_IN =
            "INSERT INTO idempotency (subject, key, digest) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
    private static final String PUT_IN_ANSWERED =
            "INSERT INTO idempotency (subject, key, digest, status, headers, body) VALUES (?, ?, ?, ?, ?, ?)"
                    + " ON CONFLICT DO NOTHING";

    /**
     * A write: this transaction's commit is confirmed by a synchronous standby only after the one
     * that stored the answer, which may not have been.
     */
    private static final String FIND =
            "SELECT digest, status, headers, body FROM idempotency WHERE subject = ? AND key = ? FOR UPDATE";

    private static final String STORE =
            "UPDATE idempotency SET status = ?, headers = ?, body = ? WHERE subject = ? AND key = ?";

    private final KeyedRequest request;

    /** A key is its caller's own: nobody can have another's answer by it, or be refused for it. */
    private final String subject = Objects.requireNonNullElse(Caller.subject(), "");

    private Answer stored;
    private RefusedKey refusal;
    private boolean had;

    Claim(KeyedRequest request) {
        this.request = request;
    }

    /**
     * Puts the key in.
     *
     * @return the refusal if somebody else has it
     * @throws SQLException if the database failed
     */
    Optional<RuntimeException> putIn(Connection connection) throws SQLException {
        return put(connection, PUT_IN, subject, request.key(), request.digest());
    }

    /** Puts it in together with its answer; otherwise the same. */
    Optional<RuntimeException> putIn(Connection connection, Answer answer) throws SQLException {
        return put(
                connection,
                PUT_IN_ANSWERED,
                subject,
                request.key(),
                request.digest(),
                answer.status(),
                answer.headers(),
                answer.body());
    }

    private Optional<RuntimeException> put(Connection connection, String sql, Object... values)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                insert.setObject(i + 1, values[i]);
            }
            if (insert.executeUpdate() == 1) {
                had = true;
                return Optional.empty();
            }
        } catch (SQLException e) {
            if (Failure.of(e).kind() != Failure.Kind.TIMEOUT) {
                throw e;
            }
            refusal = new RefusedKey(RefusedKey.Reason.IN_PROGRESS, e);
            return Optional.of(refusal);
        }
        find(connection);
        return Optional.of(refusal);
    }

    private void find(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(FIND)) {
            select.setString(1, subject);
            select.setString(2, request.key());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) { // removed meanwhile, being too old
                    throw new SQLException("the key was removed", "40001");
                }
                if (request.isSameAs(row.getBytes(1))) {
                    stored = new Answer(row.getInt(2), row.getString(3), row.getBytes(4), true);
                    refusal = new RefusedKey(RefusedKey.Reason.ANSWERED, null);
                } else {
                    refusal = new RefusedKey(RefusedKey.Reason.REUSED, null);
                }
            }
        }
    }

    /** Forgets what it has found: another transaction is about to begin. */
    void again() {
        stored = null;
        refusal = null;
    }

    /** What stores the answer at the end of the transaction that the key was put in by. */
    Commit.Statement storing(Answer answer) {
        return new Commit.Statement(
                STORE, answer.status(), answer.headers(), answer.body(), subject, request.key());
    }

    /**
     * Whether it tells what became of all tries before it: it had the key, or another request has
     * it, so each of them has ended and stored nothing.
     */
    boolean settles() {
        return had || refusal != null && refusal.reason() == RefusedKey.Reason.REUSED;
    }

    /** The answer that was stored before; null if there is none, or none was looked for. */
    Answer stored() {
        return stored;
    }

    /** Why this try did not get the key; null if it did, or did not try. */
    RefusedKey refusal() {
        return refusal;
    }
}
