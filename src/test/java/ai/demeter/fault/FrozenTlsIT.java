package ai.demeter.fault;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.fault.Clients.Answer;
import ai.demeter.run.Certificates;
import ai.demeter.run.Postgres;
import ai.demeter.run.Stack;
import ai.demeter.run.TableLock;
import ai.demeter.run.Until;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A frozen database behind TLS, whose farewell waits for an answer of its own. */
@Tag("fault")
class FrozenTlsIT {
    private static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(10);

    @TempDir private static Path directory;
    private static Postgres postgres;
    private static Stack stack;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.database("frozen-tls");
        postgres = stack.postgres();
        Certificates authority = new Certificates(directory);
        postgres.certify(authority.issue("localhost"), authority.authority());
        stack.startServer(
                Map.of(
                        "DATABASE_URL",
                        postgres.url()
                                + "?sslmode=verify-full&sslrootcert="
                                + authority.authority(),
                        "DB_SOCKET_TIMEOUT",
                        Long.toString(SOCKET_TIMEOUT.toSeconds()),
                        "DB_LOCK_TIMEOUT",
                        "9",
                        "DB_STATEMENT_TIMEOUT",
                        "9"));
        stack.awaitReady();
    }

    @AfterAll
    static void stop() throws Exception {
        stack.close();
    }

    private static Callable<Answer> list() {
        return Clients.get(stack, "/api/warehouses?limit=1");
    }

    private static Answer readiness() {
        return Clients.one(Clients.get(stack, "/health/ready"));
    }

    // Would break: pool and heartbeat hang in the farewell of TLS; 50.1 s were seen for either.
    @Test
    @DisplayName(
            "Frozen under TLS: a lone request within 10 s, in flight within DB_SOCKET_TIMEOUT, readiness within 2 s, served within 2 s of the thaw")
    void frozen() throws Exception {
        try (TableLock lock = new TableLock(postgres);
                Clients inFlight = new Clients(5, 5, list())) {
            Sessions.awaitLocked(postgres, 5);
            postgres.freeze();
            long frozen = System.nanoTime();
            try {
                try (Clients lone = new Clients(1, 1, list())) {
                    Answer ready = readiness();
                    assertThat(ready.status()).isEqualTo(503);
                    assertThat(ready.took()).isLessThan(Duration.ofSeconds(2));
                    Answer answer = lone.await().get(0);
                    assertThat(answer.status()).isEqualTo(503);
                    assertThat(answer.took()).isLessThan(Duration.ofSeconds(10));
                    Figures.record(
                            stack, "frozen under TLS: lone request refused after", answer.took());
                }
                assertThat(Clients.byStatus(inFlight.await())).isEqualTo(Map.of(503, 5));
                Duration ended = Duration.ofNanos(System.nanoTime() - frozen);
                assertThat(ended).isLessThan(SOCKET_TIMEOUT.plusSeconds(2));
                Figures.record(stack, "frozen under TLS, 10 s allowed: in flight for", ended);
                assertThat(readiness().took()).isLessThan(Duration.ofSeconds(2));
            } finally {
                postgres.thaw();
            }
            lock.release();
        }
        Duration until = Until.holds("served", () -> Clients.one(list()).status() == 200);
        assertThat(until).isLessThan(Duration.ofSeconds(2));
        Figures.record(stack, "frozen under TLS: served after the thaw", until);
    }
}
