package ai.demeter.connection;

import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import ai.demeter.transport.WriteWatchdog;
import java.util.function.LongSupplier;

/**
 * The parts of this package, put together once. The server makes {@link DemeterDataSource} by its
 * name, so the parts cannot be handed to it; it takes those of the process from here, and so does
 * the application, which must have the same.
 */
public final class CompositionRoot {

    private static final class OfProcess {
        static final CompositionRoot ROOT =
                new CompositionRoot(Settings.current(), System::nanoTime);

        static {
            ROOT.watchdog.start();
            ROOT.heartbeat.start();
        }
    }

    private final Settings settings;
    private final LongSupplier clock;
    private final WriteWatchdog watchdog;
    private final ConnectionFactory factory;
    private final OpenConnections open;
    private final Lifetimes lifetimes;
    private final Heartbeat heartbeat;

    /**
     * Puts parts together, and starts none of their threads.
     *
     * @param clock nanoseconds, as {@link System#nanoTime}
     */
    public CompositionRoot(Settings settings, LongSupplier clock) {
        this.settings = settings;
        this.clock = clock;
        watchdog = new WriteWatchdog(clock);
        open = new OpenConnections(clock);
        factory = new ConnectionFactory(settings, watchdog, new PrimarySearch(open));
        lifetimes =
                new Lifetimes(
                        settings.seconds(Variable.DB_POOL_RECYCLE),
                        settings.number(Variable.DB_POOL_SIZE));
        heartbeat =
                new Heartbeat(
                        settings.database(),
                        () -> factory.forProbe(settings.seconds(Variable.DB_VALIDATION_TIMEOUT)),
                        open,
                        settings.seconds(Variable.DB_SOCKET_TIMEOUT),
                        clock);
    }

    /** The parts of this process; the heartbeat starts with the first call. */
    public static CompositionRoot ofProcess() {
        return OfProcess.ROOT;
    }

    public Settings settings() {
        return settings;
    }

    public Heartbeat heartbeat() {
        return heartbeat;
    }

    public OpenConnections openConnections() {
        return open;
    }

    public WriteWatchdog watchdog() {
        return watchdog;
    }

    public ConnectionFactory factory() {
        return factory;
    }

    Lifetimes lifetimes() {
        return lifetimes;
    }

    public LongSupplier clock() {
        return clock;
    }
}
