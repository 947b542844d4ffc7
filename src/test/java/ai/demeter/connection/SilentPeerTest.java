package ai.demeter.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.demeter.run.MovableClock;
import ai.demeter.run.Until;
import ai.demeter.session.OpeningFailure;
import ai.demeter.session.Session;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Otherwise a request that sends much to a stopped database would never be answered. */
class SilentPeerTest {
    private static final String MUCH = "x".repeat(32 << 20);

    private final MovableClock clock = new MovableClock();
    private ScriptedPostgres server;
    private CompositionRoot parts;

    @BeforeEach
    void start() throws Exception {
        server = new ScriptedPostgres();
        parts = Parts.before(server, clock, "DB_SOCKET_TIMEOUT", "5");
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    /** Sends more than fits on the way to a server that reads no further than one message. */
    private CompletableFuture<Void> send(Session session) throws Exception {
        server.silent(true);
        PreparedStatement insert = session.connection().prepareStatement("INSERT INTO t SELECT ?");
        insert.setString(1, MUCH);
        CompletableFuture<Void> sent =
                CompletableFuture.runAsync(
                        () -> {
                            try {
                                insert.execute();
                            } catch (SQLException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        return sent;
    }

    @Test
    @DisplayName("a write of the pool that the server does not read ends after DB_SOCKET_TIMEOUT")
    void pool() throws Exception {
        assertEnds(parts.factory().forPool());
    }

    @Test
    @DisplayName("so does one of a migration, whose answers may take any time")
    void migration() throws Exception {
        assertEnds(parts.factory().forMigration());
    }

    private void assertEnds(Session session) throws Exception {
        CompletableFuture<Void> sent = send(session);
        Until.holds(
                "ended",
                () -> {
                    clock.advance(Duration.ofSeconds(5));
                    parts.watchdog().look();
                    return sent.isDone();
                });
        assertThatThrownBy(sent::get)
                .isInstanceOf(ExecutionException.class)
                .matches(OpeningFailure::isConnectivity);
        assertThat(session.connection().isClosed()).isTrue();
    }

    // Would break: the heartbeat waits for the very write that it is to end.
    @Test
    @DisplayName("who gives up a connection that is being written to waits for nothing")
    void abort() throws Exception {
        Session session = parts.factory().forPool();
        CompletableFuture<Void> sent = send(session);
        Thread.sleep(300); // until what fits is sent
        assertThat(sent).isNotDone();
        long started = System.nanoTime();
        session.abort();
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(1));
        assertThatThrownBy(sent::get).isInstanceOf(ExecutionException.class);
    }
}
