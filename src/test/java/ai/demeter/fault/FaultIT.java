package ai.demeter.fault;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.fault.Clients.Answer;
import ai.demeter.run.Postgres;
import ai.demeter.run.Readiness;
import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.TableLock;
import ai.demeter.run.Until;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Faults that a running service meets and gets over. */
@Tag("fault")
class FaultIT {
    private static final Duration POOL_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration READINESS_BOUND = Duration.ofSeconds(2);
    private static final String BEATS_SINCE_LOCKED =
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'demeter-probe'"
                    + " AND state = 'idle' AND query_start > (SELECT max(query_start)"
                    + " + interval '200 ms' FROM pg_stat_activity"
                    + " WHERE application_name = 'demeter' AND wait_event_type = 'Lock')";

    private static Postgres postgres;
    private static Proxy proxy;
    private static Stack stack;
    private static Path passwordFile;
    private Recorder recorder;
    private static final AtomicInteger CODES = new AtomicInteger();

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.database("fault");
        postgres = stack.postgres();
        proxy = new Proxy(postgres.port());
        passwordFile = Files.createTempFile("password", "");
        Files.writeString(passwordFile, Postgres.PASSWORD + "\n");
        stack.startServer(
                Map.of(
                        "DATABASE_URL", Postgres.url(proxy.port()),
                        "DATABASE_PASSWORD", "",
                        "DATABASE_PASSWORD_FILE", passwordFile.toString(),
                        "DB_POOL_TIMEOUT", Long.toString(POOL_TIMEOUT.toSeconds()),
                        "DB_LOCK_TIMEOUT", "8"));
        stack.awaitReady();
    }

    @AfterAll
    static void stop() throws Exception {
        stack.close();
        proxy.close();
        Files.delete(passwordFile);
    }

    @BeforeEach
    void isWhole() throws Exception {
        Until.holds("ready", () -> stack.server().readiness() == 200);
        Until.holds("20 connections", () -> Sessions.open(postgres) >= 20);
        recorder = new Recorder(stack, 1, Duration.ofMillis(50));
    }

    // Would break: a write that was acknowledged under a fault is not there afterwards, or a
    // connection counts as lent ever after.
    @AfterEach
    void nothingIsLost() throws Exception {
        recorder.stop();
        recorder.assertNothingLost();
        Until.holds("no connection is lent", () -> figure(readiness(), "active") == 0);
    }

    private static Callable<Answer> list() {
        return Clients.get(stack, "/api/warehouses?limit=1");
    }

    private static String nextCode() {
        return "F-" + CODES.incrementAndGet();
    }

    private static Answer create(String code) {
        return Clients.one(
                Clients.post(
                        stack,
                        "/api/warehouses",
                        "{\"code\":\"" + code + "\",\"name\":\"x\",\"type\":\"tunnel\"}"));
    }

    private static Answer readiness() {
        return Clients.one(Clients.get(stack, "/health/ready"));
    }

    private static void assertServes() {
        assertThat(Clients.one(list()).status()).isEqualTo(200);
    }

    @Test
    @DisplayName(
            "With every connection held, the next request is told so when DB_POOL_TIMEOUT is over, and the service stays ready")
    void exhausted() throws Exception {
        try (TableLock lock = new TableLock(postgres)) {
            try (Clients holders = new Clients(29, 29, list())) { // and the recorder's write
                Sessions.awaitLocked(postgres, 30);
                Answer next = Clients.one(list());
                assertThat(next.status()).isEqualTo(503);
                assertThat(next.body()).contains("urn:demeter:problem:pool-exhausted");
                assertThat(next.took()).isBetween(POOL_TIMEOUT, POOL_TIMEOUT.plusSeconds(2));
                Figures.record(stack, "exhausted, 3 s allowed: refused after", next.took());
                Answer ready = readiness();
                assertThat(ready.status()).isEqualTo(200);
                assertThat(ready.body()).contains("\"saturated\"");
                assertThat(ready.took()).isLessThan(READINESS_BOUND);
                lock.release();
                assertThat(Clients.byStatus(holders.await())).containsOnlyKeys(200);
            }
        }
        assertThat(Sessions.open(postgres)).isLessThanOrEqualTo(30);
    }

    @Test
    @DisplayName("A locked table ends a request with 503 timeout when DB_LOCK_TIMEOUT is over")
    void lockTimeout() throws Exception {
        try (TableLock lock = new TableLock(postgres)) {
            Answer answer = Clients.one(list());
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).contains("urn:demeter:problem:timeout");
            assertThat(answer.took()).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(10));
            Figures.record(stack, "locked table, 8 s allowed: refused after", answer.took());
            lock.release();
        }
        assertServes();
    }

    // Would break: probes queue behind requests for want of a thread, and a server that only waits
    // for a lock is restarted.
    @Test
    @DisplayName("With 250 clients behind a locked table, health and metrics still answer at once")
    void manyWait() throws Exception {
        try (TableLock lock = new TableLock(postgres)) {
            try (Clients clients = new Clients(250, Integer.MAX_VALUE, list())) {
                Until.holds("200 wait", () -> figure(readiness(), "waiting") >= 200);
                for (String path : List.of("/health/ready", "/health/live", "/api/metrics")) {
                    Answer answer = Clients.one(Clients.get(stack, path));
                    assertThat(answer.status()).as(path).isEqualTo(200);
                    assertThat(answer.took()).as(path).isLessThan(READINESS_BOUND);
                }
                lock.release();
                assertThat(Clients.byStatus(clients.stop()).keySet()).isSubsetOf(200, 503);
            }
        }
    }

    /** -1 while not ready. */
    private static int figure(Answer readiness, String name) throws IOException {
        return readiness.status() == 200
                ? Readiness.database(readiness.body()).path(name).asInt(-1)
                : -1;
    }

    @Test
    @DisplayName("Killing idle connections, and cutting them without a word, fails no request")
    void idleConnectionsKilled() throws Exception {
        try (Clients clients = new Clients(20, 10_000, list())) {
            int killed = 0;
            int rounds = 0;
            while (clients.answered() < 9_000) {
                int before = clients.answered();
                killed += Sessions.killIdle(postgres);
                rounds++;
                Until.holds(
                        "further requests",
                        () -> clients.answered() > before + 1_000 || clients.answered() >= 9_000);
            }
            assertThat(Clients.byStatus(clients.await())).isEqualTo(Map.of(200, 10_000));
            assertThat(killed).isGreaterThan(rounds);
            Figures.record(
                    stack, "idle connections killed under 10,000 requests, none failed", killed);
        }
        Until.holds("20 connections", () -> Sessions.open(postgres) >= 20);
        for (int i = 0;
                i < 20;
                i++) { // lent less than 500 ms ago, and dead since without a message
            assertServes();
            proxy.cut();
            assertServes();
        }
    }

    @Test
    @DisplayName(
            "While the database is down every request is answered 503 within 2 s; served within 2 s of its return, the pool full again")
    void restarted() throws Exception {
        try (Clients clients = new Clients(4, Integer.MAX_VALUE, list())) {
            Until.holds("requests", () -> clients.answered() > 100);
            postgres.close();
            Until.holds("refusals", () -> Clients.one(list()).status() == 503);
            List<Answer> meanwhile = Clients.atOnce(50, list());
            assertThat(Clients.byStatus(meanwhile)).isEqualTo(Map.of(503, 50));
            assertThat(meanwhile)
                    .allMatch(answer -> answer.body().contains("database-unavailable"));
            assertThat(Clients.longest(meanwhile)).isLessThan(Duration.ofSeconds(2));
            Answer ready = readiness();
            assertThat(ready.status()).isEqualTo(503);
            assertThat(ready.body()).contains("\"unreachable\"");
            postgres.start();
            Duration until = Until.holds("served", () -> Clients.one(list()).status() == 200);
            assertThat(until).isLessThan(Duration.ofSeconds(2));
            Figures.record(stack, "restarted: served after its return", until);
            Figures.record(
                    stack,
                    "restarted: 20 connections again after",
                    Until.holds("20 connections", () -> Sessions.open(postgres) >= 20));
            List<Answer> all = clients.stop();
            assertThat(Clients.byStatus(all)).containsOnlyKeys(200, 503);
            Duration refused =
                    Clients.longest(all.stream().filter(answer -> answer.status() == 503).toList());
            assertThat(refused).isLessThan(Duration.ofSeconds(2));
            Figures.record(stack, "restarted: longest refusal", refused);
        }
    }

    @Test
    @DisplayName(
            "A frozen database: a lone request is answered within 10 s, so are 50 at once, readiness within 2 s; served within 2 s of the thaw")
    void frozen() throws Exception {
        frozen("database frozen", postgres::freeze, postgres::thaw);
    }

    @Test
    @DisplayName("A network that passes nothing on, right after a request: the same")
    void networkFrozen() throws Exception {
        assertServes(); // the connection is lent on trust now
        frozen("network frozen", proxy::freeze, proxy::thaw);
    }

    private interface Fault {
        void happen() throws Exception;
    }

    private void frozen(String what, Fault freeze, Fault thaw) throws Exception {
        freeze.happen();
        try {
            Answer ready;
            try (Clients lone = new Clients(1, 1, list())) {
                ready = readiness();
                Answer answer = lone.await().get(0);
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.took()).isLessThan(Duration.ofSeconds(10));
                Figures.record(stack, what + ": lone request refused after", answer.took());
            }
            assertThat(ready.status()).isEqualTo(503);
            assertThat(ready.took()).isLessThan(READINESS_BOUND);
            Figures.record(stack, what + ": readiness down after", ready.took());
            try (Clients many = new Clients(50, 50, list())) {
                while (many.answered() < 50) {
                    assertThat(readiness().took()).isLessThan(READINESS_BOUND);
                }
                assertThat(Clients.byStatus(many.await())).isEqualTo(Map.of(503, 50));
                assertThat(Clients.longest(many.await())).isLessThan(Duration.ofSeconds(10));
                Figures.record(
                        stack, what + ": longest of 50 refusals", Clients.longest(many.await()));
            }
        } finally {
            thaw.happen();
        }
        Duration until = Until.holds("served", () -> Clients.one(list()).status() == 200);
        assertThat(until).isLessThan(Duration.ofSeconds(2));
        Figures.record(stack, what + ": served after the thaw", until);
    }

    @Test
    @DisplayName(
            "Frozen while 50 requests are under way: each is answered within DB_SOCKET_TIMEOUT, and who comes later within 10 s")
    void frozenUnderLoad() throws Exception {
        try (Clients clients = new Clients(50, Integer.MAX_VALUE, list())) {
            Until.holds("requests", () -> clients.answered() > 500);
            postgres.freeze();
            try {
                Until.holds("readiness is down", () -> readiness().status() == 503);
                List<Answer> later = Clients.atOnce(20, list());
                assertThat(Clients.byStatus(later)).isEqualTo(Map.of(503, 20));
                assertThat(Clients.longest(later)).isLessThan(Duration.ofSeconds(10));
                Until.holds("answers", () -> clients.answered() > 600);
            } finally {
                postgres.thaw();
            }
            List<Answer> all = clients.stop();
            assertThat(Clients.byStatus(all)).containsOnlyKeys(200, 503);
            assertThat(Clients.longest(all)).isLessThan(Duration.ofSeconds(26));
            Figures.record(
                    stack, "database frozen under 50 clients: longest", Clients.longest(all));
        }
    }

    // Would break: a request in flight when the network freezes is never answered.
    @Test
    @DisplayName("Frozen for good: those in flight are answered when DB_SOCKET_TIMEOUT is over")
    void frozenInFlight() throws Exception {
        recorder.stop();
        try (TableLock lock = new TableLock(postgres);
                Clients inFlight = new Clients(5, 5, list())) {
            Sessions.awaitLocked(postgres, 5);
            // Otherwise their loans were granted on trust, and the heartbeat ends them earlier.
            Until.holds(
                    "the heartbeat was answered since they began",
                    () -> Sql.number(postgres, BEATS_SINCE_LOCKED) > 0);
            proxy.freeze();
            try {
                List<Answer> answers = inFlight.await();
                assertThat(Clients.byStatus(answers)).isEqualTo(Map.of(503, 5));
                assertThat(answers)
                        .extracting(Answer::took)
                        .allMatch(took -> took.compareTo(Duration.ofSeconds(24)) > 0)
                        .allMatch(took -> took.compareTo(Duration.ofSeconds(28)) < 0);
                Figures.record(
                        stack, "frozen for good: in flight, longest", Clients.longest(answers));
            } finally {
                proxy.thaw();
            }
            lock.release();
        }
        Until.holds("served", () -> Clients.one(list()).status() == 200);
    }

    // Would break: a wrong password is called a lost database, or found out at the next restart.
    @Test
    @DisplayName("Logins refused: served by the connections that are open, and the log says why")
    void loginsRefused() throws Exception {
        long before = logged("refuses new connections");
        Sql.run(postgres, "ALTER ROLE demeter PASSWORD 'another'");
        try {
            Sql.run(
                    postgres,
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            + " WHERE application_name = 'demeter-probe'");
            Until.holds("it is logged", () -> logged("refuses new connections") > before);
            assertServes();
        } finally {
            Sql.run(postgres, "ALTER ROLE demeter PASSWORD '" + Postgres.PASSWORD + "'");
        }
        Until.holds("it is logged", () -> logged("takes new connections again") > before);
        assertThat(logged("refuses new connections")).as("once a cause").isEqualTo(before + 1);
    }

    private static long logged(String part) throws IOException {
        try (Stream<String> lines = Files.lines(stack.log())) {
            return lines.filter(line -> line.contains(part)).count();
        }
    }

    @Test
    @DisplayName("A slow network is slow, and not taken for a lost one")
    void delayed() throws Exception {
        proxy.delay(Duration.ofMillis(100));
        try {
            assertServes();
            assertThat(readiness().status()).isEqualTo(200);
        } finally {
            proxy.delay(Duration.ZERO);
        }
    }

    @Test
    @DisplayName("A network that refuses is a database that is away")
    void refused() throws Exception {
        proxy.refuse();
        try {
            Until.holds("readiness is down", () -> readiness().status() == 503);
            Answer answer = Clients.one(list());
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.took()).isLessThan(Duration.ofSeconds(2));
        } finally {
            proxy.accept();
        }
        assertThat(Until.holds("served", () -> Clients.one(list()).status() == 200))
                .isLessThan(Duration.ofSeconds(2));
    }

    @Test
    @DisplayName(
            "A connection that breaks during the commit: never acknowledged, never stored twice")
    void cutAtCommit() throws Exception {
        recorder.stop(); // whose commit would be cut otherwise
        String code = nextCode();
        // Prepared on the server by now, so that its text would not be sent any more.
        proxy.cut();
        AtomicBoolean written = new AtomicBoolean(); // the purge commits as well
        proxy.cutOnceAfter(
                bytes -> {
                    String text = text(bytes);
                    written.compareAndSet(false, text.contains(code));
                    return written.get() && text.contains("COMMIT");
                });
        Answer response = create(code);
        assertThat(proxy.hasCutOnce()).isTrue();
        assertThat(response.status()).isEqualTo(500);
        assertThat(response.body())
                .contains("urn:demeter:problem:outcome-unknown", "may or may not be stored");
        // PostgreSQL got the commit and carries it out, whoever hears of it.
        String count = "SELECT count(*) FROM warehouse WHERE code = '" + code + "'";
        Until.holds("stored", () -> Sql.number(postgres, count) == 1);
    }

    @Test
    @DisplayName(
            "A connection that breaks before the commit: the unit of work is run again, and stored once")
    void cutBeforeCommit() throws Exception {
        recorder.stop(); // whose insert would be cut otherwise
        String code = nextCode();
        // The statement may be prepared on the server by now, and its text not sent any more.
        proxy.cut();
        proxy.cutOnceAfter(bytes -> text(bytes).contains("insert into Warehouse"));
        assertThat(create(code).status()).isEqualTo(201);
        assertThat(proxy.hasCutOnce()).isTrue();
        assertThat(
                        Sql.number(
                                postgres,
                                "SELECT count(*) FROM warehouse WHERE code = '" + code + "'"))
                .isEqualTo(1);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    @DisplayName("PostgreSQL's connections used up by others: the pool's own go on serving")
    void connectionsUsedUpByOthers() throws Exception {
        List<Connection> others = new ArrayList<>();
        try {
            Sql.run(
                    postgres,
                    "CREATE ROLE other LOGIN PASSWORD 'other'",
                    "GRANT CONNECT ON DATABASE demeterai TO other");
            while (others.size() < 200) {
                others.add(java.sql.DriverManager.getConnection(postgres.url(), "other", "other"));
            }
        } catch (SQLException e) {
            assertThat(e.getSQLState()).isEqualTo("53300");
        }
        try (Clients clients = new Clients(20, 1_000, list())) {
            assertThat(Clients.byStatus(clients.await())).isEqualTo(Map.of(200, 1_000));
            assertThat(readiness().status()).isEqualTo(200);
        } finally {
            for (Connection connection : others) {
                connection.close();
            }
            Sql.run(postgres, "DROP OWNED BY other", "DROP ROLE other");
        }
    }

    @Test
    @DisplayName("A password changed in the database and in the file under load: no failed request")
    void passwordRotated() throws Exception {
        try (Clients clients = new Clients(8, Integer.MAX_VALUE, list())) {
            for (String password : List.of("another 'one' $@:/\u00e9", Postgres.PASSWORD)) {
                int before = clients.answered();
                Sql.run(
                        postgres,
                        "ALTER ROLE demeter PASSWORD '" + password.replace("'", "''") + "'");
                Files.writeString(passwordFile, password + "\n");
                Sessions.killIdle(postgres);
                Until.holds("requests on new connections", () -> clients.answered() > before + 500);
            }
            assertThat(Clients.byStatus(clients.stop())).containsOnlyKeys(200);
        }
    }

    @Test
    @DisplayName(
            "A server that has turned read-only is not written to, nor taken for healthy; after it turned back it is")
    void readOnly() throws Exception {
        Sql.run(postgres, "ALTER SYSTEM SET default_transaction_read_only = on");
        Sql.run(postgres, "SELECT pg_reload_conf()");
        try {
            Until.holds("readiness is down", () -> readiness().status() == 503);
            assertThat(create(nextCode()).status()).isEqualTo(503);
        } finally {
            Sql.run(postgres, "ALTER SYSTEM RESET default_transaction_read_only");
            Sql.run(postgres, "SELECT pg_reload_conf()");
        }
        Until.holds("served", () -> Clients.one(list()).status() == 200);
        assertThat(create(nextCode()).status()).isEqualTo(201);
    }
}
