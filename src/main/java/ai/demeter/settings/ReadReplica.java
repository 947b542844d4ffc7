package ai.demeter.settings;

import java.util.Map;
import java.util.Optional;

/**
 * A server that follows the database's, which may be read from.
 *
 * @param url where it is
 * @param poolSize connections that are kept open to it
 * @param poolMaximum the most there may be
 */
public record ReadReplica(DatabaseUrl url, int poolSize, int poolMaximum) {

    /**
     * The one that the environment names; empty if it names none.
     *
     * @throws InvalidVariable if it names several: what one of them has replayed says nothing of
     *     another
     */
    static Optional<ReadReplica> of(Map<String, String> environment) {
        if (!Variable.DATABASE_URL_READ.isSet(environment)) {
            return Optional.empty();
        }
        DatabaseUrl url =
                DatabaseUrl.parse(
                        Variable.DATABASE_URL_READ, Variable.DATABASE_URL_READ.value(environment));
        if (url.hosts() > 1) {
            throw new InvalidVariable(
                    Variable.DATABASE_URL_READ,
                    "names several hosts; takes one, as what one replica has replayed says nothing"
                            + " of another");
        }
        return Optional.of(
                new ReadReplica(
                        url,
                        Variable.DB_READ_POOL_SIZE.number(environment),
                        poolMaximum(environment)));
    }

    /** What the server's pool may hold, be there a replica or not. */
    static int poolMaximum(Map<String, String> environment) {
        return Variable.DB_READ_POOL_SIZE.number(environment)
                + Variable.DB_READ_MAX_OVERFLOW.number(environment);
    }
}
