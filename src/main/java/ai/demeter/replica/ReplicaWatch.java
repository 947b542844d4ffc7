package ai.demeter.replica;

import ai.demeter.session.Backend;
import ai.demeter.session.OpeningFailure;
import ai.demeter.session.Session;
import ai.demeter.transport.BackgroundThread;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import java.util.logging.Logger;

/**
 * How far the read replica is, known at any moment without asking it: a thread outside both pools
 * asks the primary where its log ends and then the replica how far it has replayed that, four times
 * a second, on a connection of its own with each. What the primary had at a moment that the replica
 * has reached is what a read there cannot miss, whatever the clocks of the two machines say.
 *
 * <p>A replica that does not answer within {@link #SILENCE} is given up, and with it the reads that
 * wait for it, which the primary then serves.
 */
public final class ReplicaWatch {
    static final Duration BEAT = Duration.ofMillis(250);

    /** Of a session of the watch: how long each answer may take, login included. */
    static final Duration SILENCE = Duration.ofSeconds(1);

    /** How old, in seconds, what is read may be at most, whatever whoever asks is content with. */
    public static final int OLDEST = 300;

    private static final Logger LOG = Logger.getLogger(ReplicaWatch.class.getName());

    private static final String WRITTEN =
            "SELECT " + Timeline.OF_PRIMARY + ", pg_current_wal_insert_lsn()::text";
    private static final String REPLAYED =
            "SELECT "
                    + Timeline.OF_REPLICA
                    + ", pg_last_wal_replay_lsn()::text, pg_is_in_recovery(), "
                    + Backend.SERVER;

    /** Why the replica is not read from. */
    public enum Doubt {
        /** It does not answer, or is none. */
        AWAY,
        /** It has not replayed what the client has written. */
        POSITION,
        /** What it has is older than it may be. */
        BEHIND
    }

    /**
     * What the replica answered.
     *
     * @param freshAt a moment whose writes it has; empty if none is known
     */
    private record Replayed(
            Timeline timeline, LogPosition position, long asked, Optional<Long> freshAt) {}

    /** It answers, and is not what reads could be sent to. */
    private static final class Unfit extends Exception {
        private static final long serialVersionUID = 1L;

        Unfit(String message) {
            super(message);
        }
    }

    private final String name;
    private final Callable<Session> toPrimary;
    private final Callable<Session> toReplica;
    private final ReplicaConnections open;
    private final LongSupplier newest;
    private final LongSupplier clock;
    private volatile Replayed last;

    /** Which one answered last, and since when it runs. */
    private volatile String server = "";

    // Of the thread that beats.
    private final PrimaryLog written = new PrimaryLog(Duration.ofSeconds(OLDEST));
    private Session primary;
    private Session replica;
    private String said;

    /**
     * Does not watch yet.
     *
     * @param name what the log calls the replica
     * @param toPrimary how a session with the primary is opened, within {@link #SILENCE}
     * @param toReplica the same with the replica
     * @param open the connections of the replica's pool, which end when it is given up
     * @param newest the newest timeline that any session with a primary has told of; 0 if none has
     * @param clock nanoseconds, as {@link System#nanoTime}
     */
    ReplicaWatch(
            String name,
            Callable<Session> toPrimary,
            Callable<Session> toReplica,
            ReplicaConnections open,
            LongSupplier newest,
            LongSupplier clock) {
        this.name = name;
        this.toPrimary = toPrimary;
        this.toReplica = toReplica;
        this.open = open;
        this.newest = newest;
        this.clock = clock;
    }

    /** Where the replica is, without credentials. */
    public String name() {
        return name;
    }

    /** Watches from now on, until the end of the process. */
    void start() {
        BackgroundThread.start(
                "demeter-replica",
                () -> {
                    beat();
                    BackgroundThread.pause(BEAT.toMillis());
                });
    }

    /**
     * Why the replica is not to be read from now; empty if it may be.
     *
     * @param mayBeOld how old what it has may be
     * @param position what it must have replayed; null for nothing in particular
     */
    public Optional<Doubt> doubt(Duration mayBeOld, LogPosition position) {
        Replayed replayed = current();
        if (replayed == null) {
            return Optional.of(Doubt.AWAY);
        }
        if (position != null && !replayed.position.covers(position)) {
            return Optional.of(Doubt.POSITION);
        }
        return lag(replayed).filter(lag -> lag.compareTo(mayBeOld) <= 0).isPresent()
                ? Optional.empty()
                : Optional.of(Doubt.BEHIND);
    }

    /** How old what it has is at most; empty if it is away, or too far behind to tell. */
    public Optional<Duration> lag() {
        Replayed replayed = current();
        return replayed == null ? Optional.empty() : lag(replayed);
    }

    private Optional<Duration> lag(Replayed replayed) {
        return replayed.freshAt.map(fresh -> Duration.ofNanos(clock.getAsLong() - fresh));
    }

    /** Whether it does not answer, or is none. */
    public boolean isAway() {
        return current() == null;
    }

    /** A read broke: nobody is sent there until it has answered again. */
    public void doubted() {
        last = null;
    }

    /** Whether that is the one that is watched; a restart makes it another one. */
    boolean isOf(String another) {
        return server.equals(another);
    }

    private Replayed current() {
        Replayed replayed = last;
        // While the watch waits for an answer, the last one grows old; and a write may have gone to
        // a new primary since, whose positions mean nothing to who follows the former one.
        return replayed == null
                        || clock.getAsLong() - replayed.asked > SILENCE.plus(BEAT).toNanos()
                        || replayed.timeline.isBefore(newest.getAsLong())
                ? null
                : replayed;
    }

    /** Asks both once. */
    void beat() {
        askPrimary();
        try {
            if (replica == null) {
                replica = toReplica.call();
            }
            last = askReplica(clock.getAsLong());
            say(null);
        } catch (Unfit e) {
            last = null;
            open.abortAll();
            say(e);
        } catch (Exception e) {
            last = null;
            replica = giveUp(replica);
            open.abortAll();
            say(e);
        }
    }

    private void askPrimary() {
        long asked = clock.getAsLong();
        try {
            if (primary == null) {
                primary = toPrimary.call();
                asked = clock.getAsLong();
            }
            try (Statement statement = primary.connection().createStatement();
                    ResultSet row = statement.executeQuery(WRITTEN)) {
                row.next();
                Timeline timeline = Timeline.of(row);
                if (timeline.isBefore(newest.getAsLong())) {
                    primary = giveUp(primary); // a former one: the next beat finds the present one
                    return;
                }
                written.endsAt(timeline, LogPosition.parse(row.getString(3)).orElseThrow(), asked);
            }
        } catch (Exception e) { // the heartbeat says so; what the replica has only grows older here
            primary = giveUp(primary);
        }
    }

    private Replayed askReplica(long asked) throws SQLException, Unfit {
        try (Statement statement = replica.connection().createStatement();
                ResultSet row = statement.executeQuery(REPLAYED)) {
            row.next();
            if (!row.getBoolean(4)) {
                throw new Unfit("it follows no server, so it is no replica");
            }
            Timeline timeline = Timeline.of(row);
            Optional<String> difference = written.timeline().flatMap(timeline::differenceFrom);
            if (difference.isPresent()) {
                throw new Unfit(difference.get());
            }
            LogPosition position =
                    Optional.ofNullable(row.getString(3))
                            .flatMap(LogPosition::parse)
                            .orElseThrow(() -> new Unfit("it has replayed nothing yet"));
            server = row.getString(5);
            return new Replayed(timeline, position, asked, written.moment(position, asked));
        }
    }

    private static Session giveUp(Session session) {
        if (session != null) {
            session.abort();
        }
        return null;
    }

    /**
     * Each change is one line of the log; of those who cannot reach it the first reason is enough.
     *
     * @param failure null if there is none
     */
    private void say(Exception failure) {
        String reason = failure == null ? "" : OpeningFailure.describe(failure);
        String kind =
                failure != null && OpeningFailure.isConnectivity(failure) ? "unreachable" : reason;
        if (kind.equals(said)) {
            return;
        }
        said = kind;
        if (failure == null) {
            LOG.info(() -> "The read replica answers: " + name);
        } else {
            LOG.warning(
                    () ->
                            "The read replica is away: %s: %s. The primary serves what it would."
                                    .formatted(name, reason));
        }
    }
}
