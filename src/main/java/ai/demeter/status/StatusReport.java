package ai.demeter.status;

import ai.demeter.bulk.Load;
import ai.demeter.bulk.Loads;
import ai.demeter.connection.CompositionRoot;
import ai.demeter.connection.OpenConnections;
import ai.demeter.connection.OpenConnections.Closing;
import ai.demeter.events.Event;
import ai.demeter.events.EventLog;
import ai.demeter.health.Shutdown;
import ai.demeter.pool.Bulkhead;
import ai.demeter.replica.Replica;
import ai.demeter.replica.ReplicaWatch;
import ai.demeter.schema.Schema;
import ai.demeter.settings.Settings;
import ai.demeter.settings.Shown;
import ai.demeter.settings.Variable;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Puts together what is known about the service now; asks neither pool nor database for it. */
@ApplicationScoped
public class StatusReport {
    private final CompositionRoot parts = CompositionRoot.ofProcess();
    private final Sampler sampler;
    private final Bulkhead bulkhead;
    private final Schema schema;
    private final Loads loads;
    private final Shutdown shutdown;
    private final EventLog events;

    /** For the container's proxies. */
    protected StatusReport() {
        this(null, null, null, null, null);
    }

    /** Reports on these. */
    @Inject
    public StatusReport(
            Sampler sampler, Bulkhead bulkhead, Schema schema, Loads loads, Shutdown shutdown) {
        this.sampler = sampler;
        this.bulkhead = bulkhead;
        this.schema = schema;
        this.loads = loads;
        this.shutdown = shutdown;
        events = EventLog.current();
    }

    /** All of it, and of samples and events those after the sample of that number; -1 for all. */
    StatusDocument since(long number, StatusDocument.Instance instance) {
        int busy = sampler.pool().active();
        StatusDocument.Pool pool = pool(busy);
        Condition condition = condition(pool);
        Samples samples = sampler.samples();
        return new StatusDocument(
                samples.next() - 1,
                Instant.now().toString(),
                condition.state().wireName(),
                condition.state().level().name().toLowerCase(Locale.ROOT),
                condition.sentence(),
                instance,
                database(),
                Replica.ofProcess().map(StatusReport::replica).orElse(null),
                pool,
                loads.underWay().stream().map(StatusReport::underWay).toList(),
                recent(timers("demeter.pool.acquire")),
                recent(timers("demeter.pool.usage")),
                Routes.of(timers("http.server.requests"), this::recent),
                parts.openConnections().ages().stream()
                        .map(
                                age ->
                                        new StatusDocument.Connection(
                                                seconds(age.age()), seconds(age.replacedAt())))
                        .toList(),
                closings(parts.openConnections()),
                events.slowStatements().worstFirst().stream()
                        .map(
                                slow ->
                                        new StatusDocument.Slow(
                                                slow.text(),
                                                slow.count(),
                                                seconds(slow.total()),
                                                seconds(slow.worst()),
                                                slow.last().toString()))
                        .toList(),
                parts.settings().shown().stream().map(StatusReport::setting).toList(),
                events.since(samples.changeOf(number)).stream()
                        .map(StatusReport::happening)
                        .toList(),
                samples.after(number).stream().map(Sample::wire).toList());
    }

    private Condition condition(StatusDocument.Pool pool) {
        return Condition.of(
                new Condition.Facts(
                        shutdown.isUnderWay(),
                        parts.heartbeat().isLost(),
                        parts.heartbeat().isRefusing(),
                        schema.state(),
                        pool.busy(),
                        pool.maximum(),
                        pool.waiting(),
                        parts.heartbeat().sinceLastAnswer()));
    }

    private StatusDocument.Pool pool(int busy) {
        Settings settings = parts.settings();
        return new StatusDocument.Pool(
                busy,
                sampler.pool().idle(),
                bulkhead.waiting(),
                parts.openConnections().count(),
                settings.number(Variable.DB_POOL_SIZE),
                settings.poolMaximum());
    }

    private StatusDocument.Database database() {
        return new StatusDocument.Database(
                parts.settings().database(),
                parts.openConnections().serverVersion().orElse(null),
                !parts.heartbeat().isLost(),
                parts.heartbeat().sinceLastAnswer().map(StatusReport::seconds).orElse(null),
                schema.state().name().toLowerCase(Locale.ROOT),
                schema.history().stream()
                        .map(
                                done ->
                                        new StatusDocument.Migration(
                                                done.version(),
                                                done.description(),
                                                done.installed().toString(),
                                                seconds(done.took())))
                        .toList());
    }

    private static StatusDocument.Replica replica(Replica parts) {
        ReplicaWatch watch = parts.watch();
        return new StatusDocument.Replica(
                watch.name(),
                !watch.isAway(),
                watch.lag().map(StatusReport::seconds).orElse(null),
                parts.connections().count());
    }

    private static StatusDocument.UnderWay underWay(Load load) {
        double age = seconds(load.age());
        return new StatusDocument.UnderWay(
                load.id(), load.of(), load.rows(), age > 0 ? load.rows() / age : 0, age);
    }

    private static Map<String, Long> closings(OpenConnections connections) {
        Map<String, Long> closings = new LinkedHashMap<>();
        Arrays.stream(Closing.values())
                .forEach(
                        reason ->
                                closings.put(
                                        reason.name().toLowerCase(Locale.ROOT),
                                        connections.closed(reason)));
        return closings;
    }

    private static StatusDocument.Setting setting(Shown shown) {
        return new StatusDocument.Setting(shown.variable().name(), shown.value(), shown.changed());
    }

    private static StatusDocument.Happening happening(Event event) {
        return new StatusDocument.Happening(
                event.id(),
                event.at().toString(),
                event.kind().wireName(),
                event.text(),
                event.took() == null ? null : seconds(event.took()),
                event.requestId(),
                event.count());
    }

    private RecentTimers.Recent recent(Collection<Timer> timers) {
        return sampler.timers().of(timers);
    }

    private static List<Timer> timers(String name) {
        return Sampler.all().stream()
                .filter(timer -> timer.getId().getName().equals(name))
                .toList();
    }

    private static double seconds(Duration span) {
        return span.toMillis() / 1000.0;
    }
}
