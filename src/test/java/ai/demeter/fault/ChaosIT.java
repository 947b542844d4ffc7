package ai.demeter.fault;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.Until;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever fails, in whatever order: a client that sends again with its key stores once. */
@Tag("proof")
class ChaosIT {
    private static final int CLIENTS = 20;
    private static final Duration LASTS = Duration.ofMinutes(3);
    private static final long PAUSE_MILLIS = 100;

    private final AtomicInteger keys = new AtomicInteger();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private volatile boolean over;
    private Stack stack;
    private Proxy proxy;

    private enum Fault {
        DATABASE_KILLED,
        DATABASE_FROZEN,
        DATABASE_RESTARTED,
        NETWORK_CUT,
        SERVICE_KILLED
    }

    // Would break: a retry stores twice, is refused as a duplicate of itself, or an answer is given
    // to what is not there.
    @Test
    @DisplayName(
            "20 clients that send everything again with keys, for 3 minutes of faults: as many rows as keys")
    void asManyRowsAsKeys() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("ChaosIT with -Dseed=" + seed);
        Random random = new Random(seed);
        stack = Stack.database("chaos");
        proxy = new Proxy(stack.postgres().port());
        try {
            startServer();
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Thread client = new Thread(this::writeUntilOver, "client");
                client.start();
                clients.add(client);
            }
            int[] faults = new int[Fault.values().length];
            for (long until = System.nanoTime() + LASTS.toNanos();
                    System.nanoTime() - until < 0; ) {
                Thread.sleep(500 + random.nextInt(3_000));
                Fault fault = Fault.values()[random.nextInt(faults.length)];
                faults[fault.ordinal()]++;
                happens(fault, random);
            }
            over = true;
            for (Thread client : clients) {
                client.join();
            }
            assertThat(wrong).isEmpty();
            assertThat(faults).as("how often each fault happened").doesNotContain(0);
            assertThat(Sql.number(stack.postgres(), "SELECT count(*) FROM warehouse"))
                    .isEqualTo(keys.get());
            assertThat(Sql.number(stack.postgres(), "SELECT count(*) FROM idempotency"))
                    .isEqualTo(keys.get());
            Figures.record(stack, "chaos with seed " + seed + ": keys and rows", keys.get());
        } finally {
            over = true;
            stack.close();
            proxy.close();
        }
    }

    private void startServer() throws Exception {
        stack.startServer(Map.of("DATABASE_URL", Postgres.url(proxy.port())));
        stack.awaitReady();
    }

    private void happens(Fault fault, Random random) throws Exception {
        switch (fault) {
            case DATABASE_KILLED -> {
                stack.postgres().kill();
                Thread.sleep(random.nextInt(2_000));
                stack.postgres().start();
            }
            case DATABASE_FROZEN -> {
                stack.postgres().freeze();
                Thread.sleep(random.nextInt(6_000));
                stack.postgres().thaw();
            }
            case DATABASE_RESTARTED -> {
                stack.postgres().close();
                stack.postgres().start();
            }
            case NETWORK_CUT -> proxy.cut();
            case SERVICE_KILLED -> {
                stack.server().kill();
                startServer();
            }
        }
        Until.holds("ready", () -> stack.server().readiness() == 200);
    }

    private void writeUntilOver() {
        while (!over) {
            String key = "CHAOS-" + keys.incrementAndGet();
            int status = 0;
            while (status == 0 || status >= 500) {
                status = send(key);
            }
            if (status != 201) {
                wrong.add(key + " " + status);
            }
        }
    }

    /** 0 if there was no answer. */
    private int send(String key) {
        try {
            HttpResponse<String> answer =
                    stack.send(
                            stack.request("/api/warehouses")
                                    .header("Content-Type", "application/json")
                                    .header("Idempotency-Key", key)
                                    .POST(
                                            BodyPublishers.ofString(
                                                    "{\"code\":\""
                                                            + key
                                                            + "\",\"name\":\"x\",\"type\":\"tunnel\"}")));
            if (answer.statusCode() == 409 && answer.body().contains("in-progress")) {
                return 0;
            }
            if (answer.statusCode() < 500) {
                return answer.statusCode();
            }
            Thread.sleep(PAUSE_MILLIS);
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
}
