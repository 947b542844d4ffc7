package ai.demeter.fault;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.Until;
import ai.demeter.storage.Nursery;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The ledger under contention, retries and faults (issue 18). */
@Tag("proof")
@Tag("quiet")
class StockIT {
    private static final int CLIENTS = 64;
    private static final int BATCHES = 10;
    private static final int PLANTS = 200; // few, so that some transfers are refused
    private static final Duration LASTS = Duration.ofMinutes(2);
    private static final Duration MEASURED = Duration.ofSeconds(15);
    private static final long PAUSE_MILLIS = 100;
    private static final String UNTRUE =
            """
            SELECT count(*) FROM batch b
            WHERE quantity < 0
               OR quantity <> (SELECT sum(m.quantity) FROM movement m WHERE m.batch_id = b.id)
            """;

    private final AtomicInteger keys = new AtomicInteger();
    private final AtomicInteger moved = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicIntegerArray expected = new AtomicIntegerArray(BATCHES);
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final List<Long> batches = new ArrayList<>();
    private volatile boolean over;
    private Stack stack;
    private Proxy proxy;

    // Would break: plants are made or lost by a retry, a fault or a race.
    @Test
    @DisplayName(
            "64 clients that move plants between 10 batches, sending everything again with keys, for 2 minutes of faults: no plant more or less, each key once")
    void moves() throws Exception {
        stack = Stack.database("stock");
        proxy = new Proxy(stack.postgres().port());
        try {
            startServer();
            Nursery nursery = new Nursery(stack);
            String bin = nursery.bin();
            for (int i = 0; i < BATCHES; i++) {
                String batch = nursery.batch(bin, "AGAVE");
                nursery.create(
                        batch + "/movements",
                        "{\"type\":\"planting\",\"quantity\":%d}".formatted(PLANTS));
                batches.add(Nursery.id(batch));
                expected.set(i, PLANTS);
            }
            List<Thread> clients = startClients();
            Thread.sleep(MEASURED.toMillis()); // until the compiler is done
            long before = moved.get();
            Thread.sleep(MEASURED.toMillis());
            long quiet = moved.get() - before;
            disturb();
            over = true;
            for (Thread client : clients) {
                client.join();
            }
            assertThat(wrong).isEmpty();
            holds();
            report("moves/s without faults", quiet / MEASURED.toSeconds());
            report("transfers carried out, refused", moved + ", " + refused);
            report("moves/s by plain SELECT FOR UPDATE", plain() / MEASURED.toSeconds());
        } finally {
            over = true;
            stack.close();
            proxy.close();
        }
    }

    private void holds() throws SQLException {
        assertThat(Sql.number(stack.postgres(), UNTRUE)).as("batches that are untrue").isZero();
        assertThat(Sql.number(stack.postgres(), "SELECT count(*) FROM movement WHERE balance < 0"))
                .isZero();
        assertThat(Sql.number(stack.postgres(), "SELECT sum(quantity) FROM batch"))
                .isEqualTo((long) BATCHES * PLANTS);
        for (int i = 0; i < BATCHES; i++) {
            assertThat(
                            Sql.number(
                                    stack.postgres(),
                                    "SELECT quantity FROM batch WHERE id = " + batches.get(i)))
                    .as("what clients were told of batch %s", i)
                    .isEqualTo(expected.get(i));
        }
        assertThat(Sql.number(stack.postgres(), "SELECT count(*) FROM movement"))
                .as("two movements for each key that was carried out")
                .isEqualTo(BATCHES + 2L * moved.get());
        assertThat(moved.get() + refused.get()).isEqualTo(keys.get());
        assertThat(refused.get()).isPositive();
    }

    private void report(String what, Object figure) throws Exception {
        System.out.println("StockIT on " + Stack.KIND + ": " + what + ": " + figure);
        Figures.record(stack, "stock, 64 clients, 10 batches: " + what, figure);
    }

    private void startServer() throws Exception {
        stack.startServer(Map.of("DATABASE_URL", Postgres.url(proxy.port())));
        stack.awaitReady();
    }

    /** Each fault in turn, again and again until the time is over. */
    private void disturb() throws Exception {
        long until = System.nanoTime() + LASTS.toNanos();
        for (int round = 0; System.nanoTime() - until < 0; round++) {
            switch (round % 4) {
                case 0 -> proxy.cut();
                case 1 -> {
                    stack.postgres().kill();
                    stack.postgres().start();
                }
                case 2 -> {
                    stack.postgres().freeze();
                    Thread.sleep(3_000);
                    stack.postgres().thaw();
                }
                default -> {
                    stack.server().kill();
                    startServer();
                }
            }
            Until.holds("ready", () -> stack.server().readiness() == 200);
            Thread.sleep(5_000); // work between the faults
        }
    }

    private List<Thread> startClients() {
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Thread client = new Thread(this::moveUntilOver, "client");
            client.setDaemon(true);
            client.start();
            clients.add(client);
        }
        return clients;
    }

    private void moveUntilOver() {
        while (!over) {
            Move move = Move.random();
            String key = "STOCK-" + keys.incrementAndGet();
            int status = 0;
            while (status == 0 || status >= 500) {
                status = send(key, move);
            }
            if (status == 201) {
                moved.incrementAndGet();
                expected.addAndGet(move.from, -move.plants);
                expected.addAndGet(move.to, move.plants);
            } else if (status == 409) {
                refused.incrementAndGet();
            } else {
                wrong.add(key + " " + status);
            }
        }
    }

    private record Move(int from, int to, int plants) {
        static Move random() {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            int from = random.nextInt(BATCHES);
            int to = (from + 1 + random.nextInt(BATCHES - 1)) % BATCHES;
            return new Move(from, to, 1 + random.nextInt(60));
        }
    }

    /** 0 if there was no answer, or none yet. */
    private int send(String key, Move move) {
        try {
            HttpResponse<String> answer =
                    stack.send(
                            stack.request("/api/transfers")
                                    .header("Content-Type", "application/json")
                                    .header("Idempotency-Key", key)
                                    .POST(
                                            BodyPublishers.ofString(
                                                    "{\"fromBatchId\":%d,\"toBatchId\":%d,\"quantity\":%d}"
                                                            .formatted(
                                                                    batches.get(move.from),
                                                                    batches.get(move.to),
                                                                    move.plants))));
            if (answer.statusCode() >= 500) {
                return pause();
            }
            if (answer.statusCode() == 409 && !answer.body().contains("problem:conflict")) {
                return pause();
            }
            return answer.statusCode();
        } catch (Exception e) {
            return pause();
        }
    }

    private static int pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }

    /** Moves in the same time by as many sessions as the pool has, without anything around them. */
    private long plain() throws Exception {
        stack.server().close(); // it would take part of the machine
        Sql.run(
                stack.postgres(),
                "CREATE TABLE plain (id int PRIMARY KEY, quantity int NOT NULL)",
                "CREATE TABLE plain_movement (id bigserial PRIMARY KEY, batch int, quantity int)",
                "INSERT INTO plain SELECT n, " + PLANTS + " FROM generate_series(0, 9) n");
        AtomicInteger done = new AtomicInteger();
        long until = System.nanoTime() + MEASURED.toNanos();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            Thread thread = new Thread(() -> movePlainly(until, done), "plain");
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return done.get();
    }

    private void movePlainly(long until, AtomicInteger done) {
        try (Connection session =
                        DriverManager.getConnection(stack.postgres().url(), "postgres", "");
                Statement statement = session.createStatement()) {
            session.setAutoCommit(false);
            while (System.nanoTime() - until < 0) {
                Move move = Move.random();
                statement.execute(
                        "SELECT id, quantity FROM plain WHERE id IN (%d, %d) ORDER BY id FOR UPDATE"
                                .formatted(move.from, move.to));
                statement.execute(change(move.from, -move.plants));
                statement.execute(change(move.to, move.plants));
                session.commit();
                done.incrementAndGet();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String change(int batch, int plants) {
        return "UPDATE plain SET quantity = quantity + %2$d WHERE id = %1$d; INSERT INTO plain_movement (batch, quantity) VALUES (%1$d, %2$d)"
                .formatted(batch, plants);
    }
}
