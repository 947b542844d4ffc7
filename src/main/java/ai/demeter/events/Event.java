package ai.demeter.events;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * Something that happened to the pool or the database, or the same several times in a row.
 *
 * @param id which one it is; stays the same while it is counted up
 * @param changed its place in the order of all changes: a higher one is news
 * @param at when it happened first
 * @param kind what it was
 * @param text a line for a person; holds no values of statements and no secrets
 * @param took how long it took, the longest of several; null where that says nothing
 * @param requestId of the last request that it happened to; null if it happened to none
 * @param count how often, within a second of the first
 */
public record Event(
        long id,
        long changed,
        Instant at,
        Kind kind,
        String text,
        Duration took,
        String requestId,
        int count) {

    /** What can happen; each has a row in {@code docs/operations.md}. */
    public enum Kind {
        /** The heartbeat reaches the database no more. */
        DATABASE_LOST,
        /** It reaches it again. */
        DATABASE_REGAINED,
        /** The database answers, but lets nobody in: password, role, limits. */
        CONNECTIONS_REFUSED,
        /** It lets in again. */
        CONNECTIONS_ACCEPTED,
        /** Migrations are applied and the mapping fits. */
        SCHEMA_CURRENT,
        /** A migration or the mapping is wrong. */
        SCHEMA_INVALID,
        /** A statement took {@code DB_SLOW_STATEMENT} or longer. */
        SLOW_STATEMENT,
        /** No connection became free within {@code DB_POOL_TIMEOUT}. */
        POOL_EXHAUSTED,
        /** A unit of work is run again. */
        RETRIED,
        /** A connection broke during a commit. */
        OUTCOME_UNKNOWN,
        /** SIGTERM or SIGINT arrived. */
        STOPPING;

        /** As it is written on the wire and in the documentation. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    Event again(long newChange, Duration tookNow, String requestNow) {
        Duration longest =
                took == null || tookNow != null && tookNow.compareTo(took) > 0 ? tookNow : took;
        return new Event(
                id,
                newChange,
                at,
                kind,
                text,
                longest,
                requestNow == null ? requestId : requestNow,
                count + 1);
    }
}
