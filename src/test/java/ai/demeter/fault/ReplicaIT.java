package ai.demeter.fault;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.fault.Clients.Answer;
import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.Until;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A server, its database, and a replica of that to read from. */
@Tag("fault")
@Tag("proof")
class ReplicaIT {
    private static final String ALL = "/api/warehouses";
    private static final String STALE = ALL + "?stale=60&limit=20";
    private static final String POSITION = "Demeter-Position";
    private static final int CLIENTS = 10;
    private static final Duration NORMAL_AGAIN = Duration.ofSeconds(2);
    private static final AtomicInteger CODES = new AtomicInteger();

    private static Stack stack;
    private static Postgres replica;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.database("replica");
        replica = stack.postgres().standby("standby");
        stack.startServer(Map.of("DATABASE_URL_READ", replica.url()));
        stack.awaitReady();
        for (int i = 0; i < 20; i++) {
            create();
        }
    }

    @AfterAll
    static void stop() throws Exception {
        stack.close();
        replica.close();
    }

    @BeforeEach
    void replicaServes() throws Exception {
        Until.holds("the replica serves", () -> isServedByReplica(STALE));
    }

    @AfterEach
    void readinessLooksAway() throws Exception {
        assertThat(stack.server().readiness()).isEqualTo(200);
    }

    private static double reads(String labels) throws Exception {
        return stack.get("/api/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("demeter_reads" + labels))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
                .sum();
    }

    private static double byReplica() throws Exception {
        return reads("_total{node=\"replica\"}");
    }

    private static double fallbacks(String reason) throws Exception {
        return reads("_fallbacks_total{reason=\"" + reason + "\"}");
    }

    private static boolean isServedByReplica(String path) throws Exception {
        double before = byReplica();
        assertThat(stack.get(path).statusCode()).isEqualTo(200);
        return byReplica() > before;
    }

    private static HttpResponse<String> create(String... headers) throws Exception {
        HttpRequest.Builder request =
                stack.request(ALL)
                        .header("Content-Type", "application/json")
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        "{\"code\":\"R-%d\",\"name\":\"n\",\"type\":\"tunnel\"}"
                                                .formatted(CODES.incrementAndGet())));
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<String> created = stack.send(request);
        assertThat(created.statusCode()).isEqualTo(201);
        return created;
    }

    private static String position(HttpResponse<String> answer) {
        return answer.headers().firstValue(POSITION).orElse(null);
    }

    private static long id(HttpResponse<String> created) {
        return Long.parseLong(
                created.headers().firstValue("Location").orElseThrow().replaceAll(".*/", ""));
    }

    private static HttpResponse<String> listAfter(long id, String position)
            throws IOException, InterruptedException {
        return stack.send(
                stack.request(ALL + "?stale=60&after=" + (id - 1)).header(POSITION, position));
    }

    // Would break: whoever does not know of the replica is shown what was before.
    @Test
    @DisplayName("a list that may be stale is read from the replica; nothing else ever is")
    void onlyStale() throws Exception {
        long id = id(create());
        double before = byReplica();
        assertThat(stack.get(ALL).statusCode()).isEqualTo(200);
        assertThat(stack.get(ALL + "?stale=0").statusCode()).isEqualTo(200);
        assertThat(stack.get(ALL + "/" + id + "?stale=60").statusCode()).isEqualTo(200);
        assertThat(stack.get(ALL + "/" + id + "/areas").statusCode()).isEqualTo(200);
        assertThat(stack.send(stack.request(ALL).header(POSITION, "0/1")).statusCode())
                .isEqualTo(200);
        assertThat(byReplica()).isEqualTo(before);
        assertThat(isServedByReplica(ALL + "/" + id + "/areas?stale=60")).isTrue();
        assertThat(isServedByReplica(STALE)).isTrue();
    }

    @Test
    @DisplayName(
            "what writes says its position, with a key as well; what is refused or reads does not")
    void positions() throws Exception {
        HttpResponse<String> created = create();
        assertThat(position(created)).matches("[0-9A-F]+/[0-9A-F]+");
        HttpResponse<String> keyed = create("Idempotency-Key", "position-" + CODES.get());
        assertThat(position(keyed)).matches("[0-9A-F]+/[0-9A-F]+");
        assertThat(position(stack.get(ALL))).isNull();
        assertThat(position(stack.post(ALL, "{}"))).isNull();
        assertThat(position(stack.post(ALL, created.body()))).isNull(); // 409
        HttpResponse<String> deleted =
                stack.send(
                        stack.request(ALL + "/" + id(created))
                                .header("If-Match", "\"0\"")
                                .DELETE());
        assertThat(deleted.statusCode()).isEqualTo(204);
        assertThat(position(deleted)).matches("[0-9A-F]+/[0-9A-F]+");
    }

    @Test
    @DisplayName("a position that is none is refused by the name of its header")
    void malformed() throws Exception {
        HttpResponse<String> answer =
                stack.send(stack.request(STALE).header(POSITION, "yesterday"));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\"field\":\"" + POSITION + "\"");
    }

    // Would break: a client does not find what it has just stored, and stores it again.
    @Test
    @DisplayName("with 200 ms of delay a list with a position never lacks what it stands for")
    void ownWrites() throws Exception {
        double fallbacks = fallbacks("position");
        delay("200ms");
        try {
            for (int i = 0; i < 25; i++) {
                HttpResponse<String> created = create();
                long id = id(created);
                String position = position(created);
                double before = byReplica();
                Until.holds(
                        "the replica has it",
                        () -> {
                            HttpResponse<String> list = listAfter(id, position);
                            assertThat(list.statusCode()).isEqualTo(200);
                            assertThat(list.body()).contains("\"id\":" + id + ",");
                            return byReplica() > before;
                        });
            }
        } finally {
            delay("0");
        }
        assertThat(fallbacks("position") - fallbacks).isGreaterThanOrEqualTo(25);
    }

    private static void delay(String time) throws Exception {
        Sql.run(
                replica,
                "ALTER SYSTEM SET recovery_min_apply_delay = '" + time + "'",
                "SELECT pg_reload_conf()");
    }

    // Would break: lists fail, or wait for the replica, although the primary could answer.
    @Test
    @DisplayName("killed under load: no failed request, and as fast as before within 2 s")
    void killed() throws Exception {
        normalAgainAfter("killed", replica::kill, replica::start);
    }

    // Would break: each list waits for DB_SOCKET_TIMEOUT, 25 s.
    @Test
    @DisplayName("frozen under load: no failed request, and as fast as before within 2 s")
    void frozen() throws Exception {
        normalAgainAfter("frozen", replica::freeze, replica::thaw);
    }

    @FunctionalInterface
    private interface Fault {
        void run() throws Exception;
    }

    private static void normalAgainAfter(String what, Fault fault, Fault end) throws Exception {
        Duration before = Clients.longest(fastest99(clients(NORMAL_AGAIN, () -> {})));
        List<Answer> meanwhile;
        List<Answer> after;
        try {
            meanwhile = clients(NORMAL_AGAIN, fault);
            assertThat(stack.server().readiness()).isEqualTo(200);
            double byReplica = byReplica();
            after = clients(NORMAL_AGAIN, () -> {});
            assertThat(byReplica()).isEqualTo(byReplica);
        } finally {
            end.run();
        }
        Figures.record(stack, "replica " + what + ": longest list", Clients.longest(meanwhile));
        Figures.record(stack, "replica " + what + ": p99 of lists before", before);
        Duration p99 = Clients.longest(fastest99(after));
        Figures.record(stack, "replica " + what + ": p99 of lists from 2 s on", p99);
        assertThat(Clients.byStatus(meanwhile)).containsOnlyKeys(200);
        assertThat(Clients.byStatus(after)).containsOnlyKeys(200);
        // The primary alone has one database's share of the cores, others run tests on them.
        assertThat(p99).isLessThan(before.multipliedBy(3).plusMillis(200));
    }

    /** What clients are answered for that long, from the moment when something is done on. */
    private static List<Answer> clients(Duration time, Fault atFirst) throws Exception {
        try (Clients clients = new Clients(CLIENTS, Integer.MAX_VALUE, Clients.get(stack, STALE))) {
            Until.holds("under way", () -> clients.answered() > CLIENTS);
            atFirst.run();
            Thread.sleep(time.toMillis()); // the promise is about a time
            return clients.stop();
        }
    }

    private static List<Answer> fastest99(List<Answer> answers) {
        return answers.stream()
                .sorted((one, other) -> one.took().compareTo(other.took()))
                .limit(Math.max(1, answers.size() * 99L / 100))
                .toList();
    }

    @Test
    @Tag("proof") // half a minute of load; a ratio, no verdict
    @Tag("quiet")
    @DisplayName("lists a second: by primary and replica, and by the primary alone")
    void ratio() throws Exception {
        Duration time = Duration.ofSeconds(10);
        Duration aWhile = Duration.ofSeconds(3);
        int clients = 60;
        for (String path : List.of(STALE, ALL + "?limit=20")) {
            measure(path, clients, aWhile);
            Figures.record(
                    stack,
                    "lists of 20 a second, " + clients + " clients, " + path,
                    measure(path, clients, time) / time.toSeconds());
        }
        Figures.record(
                stack, "of which by the primary because the replica was busy", fallbacks("busy"));
    }

    private static int measure(String path, int clients, Duration time) throws Exception {
        try (Clients all = new Clients(clients, Integer.MAX_VALUE, Clients.get(stack, path))) {
            Thread.sleep(time.toMillis());
            return all.answered();
        }
    }
}
