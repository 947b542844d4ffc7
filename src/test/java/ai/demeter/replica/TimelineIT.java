package ai.demeter.replica;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.connection.CompositionRoot;
import ai.demeter.replica.ReplicaWatch.Doubt;
import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import ai.demeter.run.Until;
import ai.demeter.session.Session;
import ai.demeter.settings.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A primary and two real followers, of which one is read from and one promoted. */
@Tag("without-server")
class TimelineIT {
    private static final Duration STALE = Duration.ofSeconds(ReplicaWatch.OLDEST);

    private Postgres first;
    private Postgres second;
    private Postgres replica;
    private CompositionRoot parts;
    private ReplicaWatch watch;

    @BeforeEach
    void start() throws Exception {
        first = Postgres.startEmpty("timeline");
        second = first.standby("second");
        replica = first.standby("replica");
        Sql.run(first, "CREATE TABLE written (number int)");
        for (Postgres follower : List.of(second, replica)) {
            Until.holds(
                    "it has the table",
                    () -> Sql.number(follower, "SELECT count(to_regclass('written'))") == 1);
        }
        parts = parts(replica);
        watch = Replica.of(parts).orElseThrow().watch();
        Beats.untilFresh(watch, STALE);
    }

    private CompositionRoot parts(Postgres read) {
        return new CompositionRoot(
                new Settings(
                        Map.of(
                                "DATABASE_URL",
                                first.urlWith(second),
                                "DATABASE_PASSWORD",
                                Postgres.PASSWORD,
                                "DATABASE_URL_READ",
                                read.url())),
                System::nanoTime);
    }

    @AfterEach
    void stop() throws Exception {
        replica.close();
        second.close();
        first.close();
    }

    /**
     * Makes the second the primary, which a session learns while the first is silent; that takes
     * writes afterwards as before.
     */
    private void promote() throws Exception {
        second.promote();
        first.freeze();
        try {
            Session session = parts.factory().forPrimaryWatch(Duration.ofSeconds(5));
            assertThat(session.timeline()).isEqualTo(2);
            session.close();
        } finally {
            first.thaw();
        }
    }

    private static LogPosition end(Postgres primary) throws Exception {
        return new LogPosition(
                Sql.number(primary, "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"));
    }

    // Would break: a client that has written to the new primary reads what others wrote to the
    // former one, and not its own.
    @Test
    @DisplayName("a replica that follows a former primary is not read from, however far it is")
    void former() throws Exception {
        promote();
        Sql.run(first, "INSERT INTO written SELECT generate_series(1, 50000)");
        LogPosition lost = end(first);
        Until.holds(
                "the replica has what is lost",
                () -> Sql.number(replica, "SELECT count(*) FROM written") == 50_000);
        LogPosition position = end(second);
        assertThat(lost.covers(position)).isTrue();
        watch.beat(); // gives up its session with the former one, which nobody cut
        watch.beat();
        assertThat(watch.doubt(STALE, position)).contains(Doubt.AWAY);
        assertThat(watch.doubt(STALE, null)).contains(Doubt.AWAY);

        replica.close();
        replica = second.standby(replica.data(), replica.port());
        Beats.untilFresh(watch, STALE);
        assertThat(watch.doubt(STALE, position)).isEmpty();
    }

    // Would break: until the next beat a position of the new primary is looked for in the log of
    // the former one.
    @Test
    @DisplayName("from the first session with a new primary on, before the watch has asked anyone")
    void atOnce() throws Exception {
        promote();
        assertThat(watch.doubt(STALE, null)).contains(Doubt.AWAY);
    }

    // Would break: a failover ends reads from a replica for good.
    @Test
    @DisplayName("a replica that follows the new primary is read from after its next restart point")
    void follows() throws Exception {
        promote();
        replica.follow(second);
        Sql.run(second, "INSERT INTO written VALUES (1)");
        Until.holds("it follows", () -> Sql.number(replica, "SELECT count(*) FROM written") == 1);
        Sql.run(second, "CHECKPOINT");
        LogPosition position = end(second);
        Until.holds(
                "it has the checkpoint",
                () ->
                        new LogPosition(
                                        Sql.number(
                                                replica,
                                                "SELECT pg_last_wal_replay_lsn() - '0/0'::pg_lsn"))
                                .covers(position));
        Sql.run(replica, "CHECKPOINT");
        Beats.untilFresh(watch, STALE);
        assertThat(watch.doubt(STALE, position)).isEmpty();
    }

    // Would break: with the URL of another system's replica its data are shown as ours.
    @Test
    @DisplayName("a replica of another database is none")
    void foreign() throws Exception {
        try (Postgres other = Postgres.startEmpty("timeline-other");
                Postgres itsReplica = other.standby("replica")) {
            ReplicaWatch wrong = Replica.of(parts(itsReplica)).orElseThrow().watch();
            wrong.beat();
            wrong.beat();
            assertThat(wrong.doubt(STALE, null)).contains(Doubt.AWAY);
        }
    }
}
