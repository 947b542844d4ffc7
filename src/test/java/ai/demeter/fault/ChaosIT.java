package ai.demeter.fault;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.Until;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever fails, in whatever order: a client that sends again with its key stores once. */
@Tag("proof")
class ChaosIT {
    private static final int CLIENTS = 20;
    private static final Duration LASTS = Duration.ofMinutes(3);

    private Stack stack;
    private Cluster cluster;

    private enum Fault {
        DATABASE_KILLED,
        DATABASE_FROZEN,
        DATABASE_RESTARTED,
        FAILED_OVER,
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
        cluster = new Cluster(stack);
        try {
            startServer();
            cluster.confirms(true);
            int[] faults = new int[Fault.values().length];
            try (KeyedWriters writers = new KeyedWriters(stack, CLIENTS, "CHAOS-")) {
                long until = System.nanoTime() + LASTS.toNanos();
                // Each at least once, and then whatever comes.
                for (int i = 0; System.nanoTime() - until < 0 || i < faults.length; i++) {
                    Thread.sleep(500 + random.nextInt(3_000));
                    int fault = i < faults.length ? i : random.nextInt(faults.length);
                    faults[fault]++;
                    happens(Fault.values()[fault], random);
                }
                writers.stop();
                assertThat(writers.refused()).isEmpty();
                for (String table : new String[] {"warehouse", "idempotency"}) {
                    assertThat(Sql.number(cluster.primary(), "SELECT count(*) FROM " + table))
                            .as(table)
                            .isEqualTo(writers.keys());
                }
                Figures.record(
                        stack, "chaos with seed " + seed + ": keys and rows", writers.keys());
            }
        } finally {
            stack.close();
            cluster.close();
        }
    }

    private void startServer() throws Exception {
        stack.startServer(cluster.environment());
        stack.awaitReady();
    }

    private void happens(Fault fault, Random random) throws Exception {
        switch (fault) {
            case DATABASE_KILLED -> {
                cluster.primary().kill();
                Thread.sleep(random.nextInt(2_000));
                cluster.primary().start();
            }
            case DATABASE_FROZEN -> {
                cluster.primary().freeze();
                Thread.sleep(random.nextInt(6_000));
                cluster.primary().thaw();
            }
            case DATABASE_RESTARTED -> {
                cluster.primary().close();
                cluster.primary().start();
            }
            case FAILED_OVER -> {
                cluster.primary().kill();
                cluster.promote();
                Thread.sleep(random.nextInt(2_000));
                cluster.rebuild();
                cluster.confirms(true);
            }
            case NETWORK_CUT -> cluster.network(cluster.primary()).cut();
            case SERVICE_KILLED -> {
                stack.server().kill();
                startServer();
            }
        }
        Until.holds("ready", () -> stack.server().readiness() == 200);
    }
}
