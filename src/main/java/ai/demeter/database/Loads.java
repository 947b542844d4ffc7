package ai.demeter.database;

import ai.demeter.settings.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The loads of this process that are under way. Each holds a connection for as long as its client
 * sends, which nothing else does; so only a sixth of the pool's maximum may, and at least one.
 */
@ApplicationScoped
public class Loads {
    /** Of the pool, for loads. */
    private static final int PART = 6;

    private final int most;
    private final Map<Long, Load> underWay = new ConcurrentSkipListMap<>();
    private final Object lock = new Object();
    private long begun;

    /** For the proxy of CDI. */
    protected Loads() {
        most = 0;
    }

    @Inject
    Loads(Settings settings) {
        this(settings.poolMaximum());
    }

    Loads(int poolMaximum) {
        most = Math.max(1, poolMaximum / PART);
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
