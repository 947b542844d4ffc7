package ai.demeter.bulk;

import ai.demeter.settings.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;

/**
 * The loads of this process that are under way. Each holds a connection for as long as its client
 * sends, which nothing else does; so only a sixth of the pool's maximum may, and at least one.
 *
 * <p>Each would use a processor and one of the database's as well, for as long as its client sends
 * quickly; so that no more work at a time than there are processors for half of them, and requests
 * find the other half.
 */
@ApplicationScoped
public class Loads {
    /** Of the pool, for loads. */
    private static final int PART = 6;

    private final int most;
    private final Semaphore turns;
    private final Map<Long, Load> underWay = new ConcurrentSkipListMap<>();
    private final Object lock = new Object();
    private long begun;

    /** For the proxy of CDI. */
    protected Loads() {
        most = 0;
        turns = null;
    }

    @Inject
    Loads(Settings settings) {
        this(settings.poolMaximum(), Runtime.getRuntime().availableProcessors());
    }

    Loads(int poolMaximum, int processors) {
        most = Math.max(1, poolMaximum / PART);
        turns = new Semaphore(Math.max(1, processors / 2), true);
    }

    /**
     * Begins one, which must be closed; empty if as many as may are under way.
     *
     * @param of what is loaded
     */
    public Optional<Load> begin(String of) {
        synchronized (lock) {
            if (underWay.size() == most) {
                return Optional.empty();
            }
            Load load = new Load(this, ++begun, of);
            underWay.put(load.id(), load);
            return Optional.of(load);
        }
    }

    /** Waits until one more may work. */
    void work() {
        turns.acquireUninterruptibly();
    }

    /** Lets another one work. */
    void rest() {
        turns.release();
    }

    void ended(Load load) {
        synchronized (lock) {
            underWay.remove(load.id());
        }
    }

    /** Those under way, the oldest first. */
    public List<Load> underWay() {
        return List.copyOf(underWay.values());
    }

    /** The one with this id, if it is under way. */
    public Optional<Load> find(long id) {
        return Optional.ofNullable(underWay.get(id));
    }
}
