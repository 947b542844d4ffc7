package ai.demeter.schema;

import ai.demeter.connection.DemeterDataSource;
import ai.demeter.connection.Heartbeat;
import ai.demeter.connection.OpenConnections;
import ai.demeter.database.Failure;
import ai.demeter.events.Event;
import ai.demeter.events.EventLog;
import ai.demeter.pool.PoolFiller;
import ai.demeter.session.ConnectionBudget;
import ai.demeter.settings.Settings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.flywaydb.core.api.output.MigrateResult;
import org.hibernate.SessionFactory;

/**
 * The schema that the entities are mapped to: migrated and checked before anything is served, as
 * soon as the database is there, however late that is.
 *
 * <p>Several instances may start at once: Flyway lets one migrate and the others wait (a lock in
 * the database).
 */
@ApplicationScoped
public class Schema {
    private static final Logger LOG = Logger.getLogger(Schema.class.getName());

    /**
     * What these libraries say of each failed statement or migration is said here or in {@code
     * http}, once and with what to do. Held, because the log manager does not hold them.
     */
    private static final Map<Logger, Level> QUIET =
            Map.of(
                    Logger.getLogger("org.flywaydb"), Level.WARNING,
                    Logger.getLogger("org.hibernate.engine.jdbc.spi.SqlExceptionHelper"), Level.OFF,
                    Logger.getLogger("org.hibernate.event.internal"), Level.WARNING,
                    Logger.getLogger("org.hibernate.orm.jdbc.batch"), Level.WARNING,
                    Logger.getLogger(
                                    "javax.enterprise.resource.jta.com.sun.enterprise.transaction"),
                            Level.SEVERE);

    static {
        QUIET.forEach(Logger::setLevel);
    }

    /** 5 s after the database's return are promised (docs/guarantees.md, "Health"). */
    private static final long RETRY_SECONDS = 1;

    /** A wrong migration or mapping is mended by people. */
    private static final long RETRY_INVALID_SECONDS = 10;

    /** Where the schema is on its way to being usable. */
    public enum State {
        MIGRATING,
        CURRENT,
        INVALID
    }

    /**
     * Told before anything is served that it could be.
     *
     * @param late whether that took longer than it should: who waits for the database's return is
     *     served at once, warm or not
     */
    public record Usable(boolean late) {}

    @Resource private ManagedScheduledExecutorService executor;
    @PersistenceUnit private EntityManagerFactory entityManagers;

    private final Settings settings;
    private final Heartbeat heartbeat;
    private final OpenConnections open;
    private final MeterRegistry registry;
    private final PoolFiller pool;
    private final jakarta.enterprise.event.Event<Usable> usable;
    private volatile State state = State.MIGRATING;
    private volatile String version = "none";
    private volatile List<Applied> history = List.of();
    private volatile boolean stopped;
    private String lastReason = "";
    private boolean late;

    /** For the client proxy. */
    protected Schema() {
        this(null, null, null, null, null, null);
    }

    @Inject
    Schema(
            Settings settings,
            Heartbeat heartbeat,
            OpenConnections open,
            MeterRegistry registry,
            PoolFiller pool,
            jakarta.enterprise.event.Event<Usable> usable) {
        this.settings = settings;
        this.heartbeat = heartbeat;
        this.open = open;
        this.registry = registry;
        this.pool = pool;
        this.usable = usable;
    }

    /** The migrations that are applied, the first one first; empty until that is known. */
    public List<Applied> history() {
        return history;
    }

    /** Where it is now. */
    public State state() {
        return state;
    }

    void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
        LOG.info(() -> "Configured: " + settings.summary());
        settings.warnings().forEach(LOG::warning);
        executor.submit(this::bringUpToDate);
    }

    @PreDestroy
    void stop() {
        stopped = true;
    }

    private void bringUpToDate() {
        if (stopped) {
            return;
        }
        if (heartbeat.isLost()) {
            tryAgain(RETRY_SECONDS);
            return;
        }
        try {
            Privileges.requireSession();
            migrate();
            Privileges privileges = Privileges.ofApplication();
            entityManagers.unwrap(SessionFactory.class).getSchemaManager().validateMappedObjects();
            if (open.pooled() == 0) { // else the pooler has the budget
                // The watch of a replica has a session with the primary, too.
                int most = settings.poolMaximum() + (settings.replica().isPresent() ? 1 : 0);
                ConnectionBudget.look(PoolFiller.dataSource(), most);
            }
            pool.start();
            usable.fire(new Usable(late));
            state = State.CURRENT;
            privileges.warnings().forEach(LOG::warning);
            LOG.info(() -> "Ready: " + open.count() + " connections open");
        } catch (Exception e) {
            boolean passing = isPassing(Failure.of(e).kind());
            state = passing ? State.MIGRATING : State.INVALID;
            report(e, passing);
            tryAgain(passing ? RETRY_SECONDS : RETRY_INVALID_SECONDS);
        }
    }

    private void tryAgain(long seconds) {
        late = true;
        executor.schedule(this::bringUpToDate, seconds, TimeUnit.SECONDS);
    }

    /** Whether a failure goes by itself; data that a migration cannot take does not. */
    static boolean isPassing(Failure.Kind kind) {
        return switch (kind) {
            case UNREACHABLE, TIMEOUT, CONTENTION, POOL_EXHAUSTED, OVERLOADED, UNKNOWN_OUTCOME ->
                    true;
            case DUPLICATE, IN_USE, UNKNOWN_REFERENCE, INVALID, STALE, OTHER -> false;
        };
    }

    private void migrate() {
        Migrations migrations =
                new Migrations(DemeterDataSource.forMigration(), "classpath:db/migration");
        MigrateResult result = migrations.migrate();
        history = migrations.applied();
        String found =
                String.valueOf(
                        result.migrationsExecuted == 0
                                ? result.initialSchemaVersion
                                : result.targetSchemaVersion);
        if (!found.equals(version)) { // it is tried again until the role has its rights
            publish(found);
            EventLog.current().record(Event.Kind.SCHEMA_CURRENT, "version " + found);
            LOG.info(
                    "Schema at version %s, %d migrations applied"
                            .formatted(found, result.migrationsExecuted));
        }
    }

    /** As a metric: a version need not be a number, so it is a label. */
    private void publish(String found) {
        version = found;
        Gauge.builder("demeter.schema.version", () -> found.equals(version) ? 1 : 0)
                .description("1 for the version of the last migration that is applied")
                .tag("version", found)
                .register(registry);
    }

    /** Once for each reason, not once a second. */
    private void report(Exception failure, boolean passing) {
        String reason = String.valueOf(failure.getMessage());
        if (!reason.equals(lastReason)) {
            lastReason = reason;
            if (passing) {
                LOG.warning("Schema not migrated yet, trying again until it is: " + reason.strip());
            } else if (failure instanceof Privileges.Missing) {
                LOG.severe(reason);
            } else {
                EventLog.current().record(Event.Kind.SCHEMA_INVALID, "the log has the reason");
                LOG.log(
                        Level.SEVERE,
                        "Migrations or mapping are wrong; nothing is served until they are mended in the database"
                                + " or a corrected version is deployed",
                        failure);
            }
        }
    }
}
