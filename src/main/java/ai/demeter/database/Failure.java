package ai.demeter.database;

import ai.demeter.pool.AcquisitionException;
import jakarta.persistence.OptimisticLockException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What a failure means, told from the whole chain of its causes: the SQLState where there is one
 * (PostgreSQL 18 documentation, appendix A), the exception's class otherwise, and a message only
 * where the container gives nothing firmer.
 *
 * @param kind the cause
 * @param constraint the name of the violated constraint, null for other kinds
 * @param table the table that it belongs to, null for other kinds
 * @param column the column of a violated not-null constraint, null for other kinds
 */
public record Failure(Kind kind, String constraint, String table, String column) {

    /** The causes that clients are told apart, the one that decides first. */
    public enum Kind {
        /** The connection broke during the commit: what was written may or may not be stored. */
        UNKNOWN_OUTCOME,
        /** Too many were waiting for a connection already; nothing was done. */
        OVERLOADED,
        /** The pool had no connection to lend in time. */
        POOL_EXHAUSTED,
        /**
         * No connection could be opened, or it broke; before the commit, so that nothing is stored.
         */
        UNREACHABLE,
        /** A statement, lock or transaction took too long. */
        TIMEOUT,
        /** A deadlock or a serialization failure. */
        CONTENTION,
        /** A value that must be unique is there already. */
        DUPLICATE,
        /**
         * What was to be deleted is referred to by others: a foreign key {@code ON DELETE
         * RESTRICT}.
         */
        IN_USE,
        /** What was written refers to something that is not there. */
        UNKNOWN_REFERENCE,
        /** A value that another constraint does not allow. */
        INVALID,
        /** The row was changed by someone else since it was read. */
        STALE,
        /** Anything else: a fault of the application. */
        OTHER
    }

    private static final Failure OTHER = new Failure(Kind.OTHER);

    private Failure(Kind kind) {
        this(kind, null, null, null);
    }

    /**
     * The field that a constraint is about: by PostgreSQL's own way of naming constraints, {@code
     * <table>_<column>_key} and {@code <table>_<column>_check}, and a column's name in camel case.
     * Of several columns it is what comes after the parent's id, which stands in the path and not
     * among the fields: {@code area_warehouse_id_code_key} is about {@code code}.
     */
    public String field() {
        String name = column;
        if (name == null && constraint != null) {
            name = constraint.replaceFirst("_(key|check|fkey|excl)$", "");
            name =
                    table != null && name.startsWith(table + "_")
                            ? name.substring(table.length() + 1)
                            : name;
            name = name.replaceFirst("^.*_id_", "");
        }
        if (name == null) {
            return "body";
        }
        return Pattern.compile("_([a-z])")
                .matcher(name)
                .replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
    }

    /** Classifies a failure; the most specific cause in its chain decides. */
    public static Failure of(Throwable thrown) {
        Failure found = OTHER;
        for (Throwable cause : chain(thrown)) {
            Failure failure = ofOne(cause);
            boolean moreSpecific = failure.kind.compareTo(found.kind) < 0;
            // The exception of a batch has the SQLState, the one inside it the constraint as well.
            boolean moreDetailed = failure.kind == found.kind && failure.constraint != null;
            if (moreSpecific || moreDetailed) {
                found = failure;
            }
        }
        return found;
    }

    private static Failure ofOne(Throwable cause) {
        if (cause instanceof SQLException sql && sql.getSQLState() != null) {
            return ofState(sql);
        }
        if (cause instanceof AcquisitionException refusal) {
            return new Failure(
                    switch (refusal.reason()) {
                        case TIMED_OUT -> Kind.POOL_EXHAUSTED;
                        case QUEUE_FULL -> Kind.OVERLOADED;
                        case DATABASE_LOST -> Kind.UNREACHABLE;
                    });
        }
        if (cause instanceof OptimisticLockException
                || cause instanceof org.hibernate.StaleStateException) {
            return new Failure(Kind.STALE);
        }
        return ofContainer(String.valueOf(cause.getMessage()));
    }

    /**
     * What the two servers' pools and transaction managers throw without an SQLState, pinned by the
     * tests in the container.
     */
    private static Failure ofContainer(String message) {
        // Payara: "… In-use connections equal max-pool-size and expired max-wait-time …".
        // IronJacamar: IJ000655, "No managed connections available within configured blocking
        // timeout".
        if (message.contains("expired max-wait-time") || message.contains("IJ000655")) {
            return new Failure(Kind.POOL_EXHAUSTED);
        }
        // Payara and IronJacamar: no connection for any other reason.
        if (message.startsWith("Error in allocating a connection")
                || message.contains("IJ000453")) {
            return new Failure(Kind.UNREACHABLE);
        }
        return OTHER;
    }

    private static Failure ofState(SQLException failure) {
        String state = failure.getSQLState();
        return switch (state) {
            case "08007" -> new Failure(Kind.UNKNOWN_OUTCOME);
            case "40001", "40P01" -> new Failure(Kind.CONTENTION);
            case "23505", "23P01" -> constraint(Kind.DUPLICATE, failure);
            case "23001" -> constraint(Kind.IN_USE, failure);
            case "23503" -> constraint(Kind.UNKNOWN_REFERENCE, failure);
            case "57014", "55P03", "25P03", "25P04" -> new Failure(Kind.TIMEOUT);
            // Starting up or shutting down, no connections left, role or database refused,
            // read-only.
            case "57P01", "57P02", "57P03", "57P05", "53300", "3D000", "25006" ->
                    new Failure(Kind.UNREACHABLE);
            default -> {
                if (state.startsWith("08") || state.startsWith("28")) {
                    yield new Failure(Kind.UNREACHABLE);
                }
                // Integrity constraints (23) and data that a column does not take (22).
                yield state.startsWith("23") || state.startsWith("22")
                        ? constraint(Kind.INVALID, failure)
                        : OTHER;
            }
        };
    }

    private static Failure constraint(Kind kind, SQLException failure) {
        Optional<ServerErrorMessage> message =
                failure instanceof PSQLException postgres
                        ? Optional.ofNullable(postgres.getServerErrorMessage())
                        : Optional.empty();
        return new Failure(
                kind,
                message.map(ServerErrorMessage::getConstraint).orElse(null),
                message.map(ServerErrorMessage::getTable).orElse(null),
                message.map(ServerErrorMessage::getColumn).orElse(null));
    }

    /** Causes, suppressed exceptions and the further ones of a batch, each once. */
    private static Set<Throwable> chain(Throwable thrown) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Throwable> toSee = new ArrayDeque<>();
        toSee.add(thrown);
        while (!toSee.isEmpty()) {
            Throwable next = toSee.remove();
            if (seen.add(next)) {
                Optional.ofNullable(next.getCause()).ifPresent(toSee::add);
                Collections.addAll(toSee, next.getSuppressed());
                if (next instanceof SQLException sql && sql.getNextException() != null) {
                    toSee.add(sql.getNextException());
                }
            }
        }
        return seen;
    }
}
