package ai.demeter.replica;

import ai.demeter.connection.CompositionRoot;
import ai.demeter.connection.Lifetimes;
import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import java.util.Optional;

/**
 * The parts of this package, put together once, as {@link CompositionRoot} does it for the primary.
 * There are none where {@code DATABASE_URL_READ} is not set.
 */
public final class Replica {

    private static final class OfProcess {
        static final Optional<Replica> REPLICA = of(CompositionRoot.ofProcess());

        static {
            REPLICA.map(Replica::watch).ifPresent(ReplicaWatch::start);
        }
    }

    private final CompositionRoot primary;
    private final ReplicaConnections connections = new ReplicaConnections();
    private final Lifetimes lifetimes;
    private final ReplicaWatch watch;

    private Replica(String name, CompositionRoot primary) {
        this.primary = primary;
        Settings settings = primary.settings();
        lifetimes =
                new Lifetimes(
                        settings.seconds(Variable.DB_POOL_RECYCLE),
                        settings.number(Variable.DB_READ_POOL_SIZE));
        watch =
                new ReplicaWatch(
                        name,
                        () -> primary.factory().forPrimaryWatch(ReplicaWatch.SILENCE),
                        () -> primary.factory().forReplicaWatch(ReplicaWatch.SILENCE),
                        connections,
                        primary.factory()::newestTimeline,
                        primary.clock());
    }

    /** Puts parts together, and starts no thread; empty if there is no replica. */
    static Optional<Replica> of(CompositionRoot primary) {
        return primary.settings()
                .replica()
                .map(replica -> new Replica(replica.url().display(), primary));
    }

    /** The parts of this process, if it has a replica; the watch starts with the first call. */
    public static Optional<Replica> ofProcess() {
        return OfProcess.REPLICA;
    }

    public ReplicaConnections connections() {
        return connections;
    }

    public ReplicaWatch watch() {
        return watch;
    }

    Lifetimes lifetimes() {
        return lifetimes;
    }

    CompositionRoot primary() {
        return primary;
    }
}
