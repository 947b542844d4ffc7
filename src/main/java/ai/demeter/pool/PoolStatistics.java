package ai.demeter.pool;

/**
 * The live figures of the server's own pool, read without borrowing from it.
 *
 * <p>Each throws an {@link IllegalStateException} if the server does not tell.
 */
public interface PoolStatistics {
    /** Connections lent. */
    int active();

    /** Connections open and not lent. */
    int idle();

    /** Those of the server that this application is deployed on. */
    static PoolStatistics ofThisServer() {
        return PayaraPoolStatistics.isAvailable()
                ? new PayaraPoolStatistics()
                : new WildFlyPoolStatistics();
    }
}
