package ai.demeter.connection;

import ai.demeter.events.FlightEvents;
import ai.demeter.session.Session;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * The pool's physical connections that are open, lent and idle, and how many were opened and closed
 * since the start, and why.
 */
public final class OpenConnections {

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
        /** More than {@code DB_POOL_SIZE}, and not needed for {@code DB_POOL_RECYCLE}. */
        SURPLUS,
        /** The container's pool closed a sound one: idle for too long, or at the end. */
        POOL;

        /** Whether the server at the other end is not to be waited for. */
        boolean isDead() {
            return this == INVALID || this == LOST || this == BROKEN;
        }
    }

    /**
     * How old a connection is.
     *
     * @param age since it was opened
     * @param replacedAt the age at which it is to be replaced, unless others are just then
     */
    public record Age(Duration age, Duration replacedAt) {}

    private final LongSupplier clock;
    private final Confirmation confirmation;
    private final Set<PhysicalConnection> open = ConcurrentHashMap.newKeySet();
    private final Set<Session> unbounded = ConcurrentHashMap.newKeySet();
    private final AtomicInteger disruptions = new AtomicInteger();
    private final LongAdder opened = new LongAdder();
    private final LongAdder validationFailures = new LongAdder();
    private final Map<Closing, LongAdder> closed = new EnumMap<>(Closing.class);
    private final AtomicInteger opening = new AtomicInteger();
    private volatile long lastOpened;
    private volatile String serverVersion;

    /**
     * Starts with none.
     *
     * @param clock nanoseconds, as {@link System#nanoTime}
     */
    OpenConnections(LongSupplier clock) {
        this.clock = clock;
        confirmation = new Confirmation(clock);
        lastOpened = clock.getAsLong();
        for (Closing reason : Closing.values()) {
            closed.put(reason, new LongAdder());
        }
    }

    /** Whether their commits are confirmed. */
    public Confirmation confirmation() {
        return confirmation;
    }

    /**
     * How many are open; those found broken are counted as closed by that, but not while they
     * commit: until it is known whether its session is left waiting for a standby, one is either.
     */
    public int count() {
        for (PhysicalConnection connection : open) {
            if (connection.isClosed() && !confirmation.isUnderWay(connection)) {
                remove(connection, Closing.BROKEN);
            }
        }
        return open.size();
    }

    /** How many of those that are open are encrypted, by TLS. */
    public int encrypted() {
        return (int) open.stream().filter(PhysicalConnection::isEncrypted).count();
    }

    /** How many of those that are open go through a pooler. */
    public int pooled() {
        return (int) open.stream().filter(PhysicalConnection::isPooled).count();
    }

    /** Their ages, the oldest first. */
    public List<Age> ages() {
        return open.stream()
                .map(PhysicalConnection::age)
                .sorted(Comparator.comparing(Age::age).reversed())
                .toList();
    }

    /** The version of PostgreSQL that the last one found; empty before the first. */
    public Optional<String> serverVersion() {
        return Optional.ofNullable(serverVersion);
    }

    /**
     * How often a connection was found dead or the database regained: after each of these, others
     * that are open may be dead too.
     */
    public int disruptions() {
        return disruptions.get();
    }

    /** How many are being opened at the moment. */
    public int opening() {
        return opening.get();
    }

    /** How many were opened so far. */
    public long opened() {
        return opened.sum();
    }

    /** How many were closed so far for this reason. */
    public long closed(Closing reason) {
        return closed.get(reason).sum();
    }

    /** How many were about to be lent and found unfit so far, not by age or number. */
    public long validationFailures() {
        return validationFailures.sum();
    }

    void opening(int more) {
        opening.addAndGet(more);
    }

    void add(PhysicalConnection connection) {
        open.add(connection);
        opened.increment();
        FlightEvents.opened();
        serverVersion = connection.serverVersion();
        if (!connection.isPooled()) { // a pooler lets in without asking the database
            lastOpened = clock.getAsLong();
        }
    }

    /** Counts each once: a connection found unfit is closed by the pool afterwards. */
    void remove(PhysicalConnection connection, Closing reason) {
        if (open.remove(connection)) {
            closed.get(reason).increment();
            FlightEvents.closed(reason.name().toLowerCase(Locale.ROOT));
        }
    }

    /** One that was about to be lent was found unfit. */
    void unfit(PhysicalConnection connection, Closing reason) {
        if (reason != Closing.TOO_OLD && reason != Closing.SURPLUS) {
            disrupted();
            validationFailures.increment();
        }
        remove(connection, reason);
    }

    void disrupted() {
        disruptions.incrementAndGet();
    }

    /** When the pool last opened one; when this began if it never did. */
    long lastOpened() {
        return lastOpened;
    }

    /**
     * Keeps a session in sight that no timeout ends, such as that of a migration: {@link
     * #abortUnbounded} does.
     */
    void addUnbounded(Session session) {
        unbounded.removeIf(each -> !each.channel().isOpen());
        unbounded.add(session);
    }

    /** Ends the sessions that would wait for the database for ever. */
    void abortUnbounded() {
        unbounded.forEach(Session::abort);
        unbounded.clear();
    }

    /**
     * Ends those with another server than this session's: of an older timeline, or where the server
     * tells none, of another name.
     *
     * @return how many
     */
    int abortAllBut(Session session) {
        int ended = 0;
        for (PhysicalConnection connection : open) {
            if (connection.isToFormerOf(session)) {
                connection.abort();
                remove(connection, Closing.LOST);
                ended++;
            }
        }
        disrupted();
        return ended;
    }

    /** Ends the loans that were granted on trust when the last proof of life was already past. */
    void abortLentUncheckedSince(long lastProof) {
        for (PhysicalConnection connection : open) {
            connection.abortIfLentUncheckedSince(lastProof);
        }
    }
}
