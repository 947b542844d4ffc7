package ai.demeter.fault;

import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.Until;
import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Two real PostgreSQLs, one following the other by streaming, each behind a network of its own. */
final class Cluster implements AutoCloseable {
    /** By the port of its server, in the order of the URL. */
    private final Map<Integer, Proxy> networks = new LinkedHashMap<>();

    private Postgres primary;
    private Postgres standby;

    /** Makes a standby beside the database of a stack that runs no server yet. */
    Cluster(Stack stack) throws Exception {
        primary = stack.postgres();
        standby = primary.standby("standby");
        networks.put(primary.port(), new Proxy(primary.port()));
        networks.put(standby.port(), new Proxy(standby.port()));
    }

    Postgres primary() {
        return primary;
    }

    Proxy network(Postgres server) {
        return networks.get(server.port());
    }

    /** The variables with which Demeter finds whichever is the primary. */
    Map<String, String> environment() {
        String url =
                networks.values().stream()
                        .map(network -> "localhost:" + network.port())
                        .collect(
                                Collectors.joining(
                                        ",", "jdbc:postgresql://", "/" + Postgres.DATABASE));
        return Map.of(
                "DATABASE_URL",
                url,
                "DATABASE_URL_SYNC",
                "%s?user=%s&password=%s".formatted(url, Postgres.OWNER, Postgres.OWNER_PASSWORD));
    }

    /** Whether the standby has to confirm each commit; returns when it does. */
    void confirms(boolean synchronous) throws Exception {
        Sql.run(
                primary,
                "ALTER SYSTEM SET synchronous_standby_names = '" + (synchronous ? "*" : "") + "'",
                "SELECT pg_reload_conf()");
        String state = synchronous ? "sync" : "async";
        Until.holds(
                "the standby follows, " + state,
                () ->
                        Sql.number(
                                        primary,
                                        "SELECT count(*) FROM pg_stat_replication WHERE sync_state = '"
                                                + state
                                                + "'")
                                == 1);
    }

    /**
     * Makes the standby the primary, which waits for nobody.
     *
     * @return the former primary, whatever has become of it
     */
    Postgres promote() throws SQLException {
        standby.promote();
        Postgres former = primary;
        primary = standby;
        standby = former;
        return former;
    }

    /** Makes the former primary a standby of the present one, which is restarted for it. */
    void rebuild() throws IOException, SQLException {
        network(standby).thaw();
        standby.close();
        standby = primary.standby(standby.data(), standby.port());
    }

    @Override
    public void close() throws IOException {
        networks.values().forEach(Proxy::close);
        standby.close();
        primary.close();
    }
}
