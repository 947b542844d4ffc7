package ai.demeter.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Otherwise a request is cut, or let in after the service has begun to stop. */
@Timeout(120) // seconds: what never ends is red, too
class InFlightTest {
    private final InFlight requests = new InFlight();

    @Test
    @DisplayName("let in and counted until closed; those inside stay counted until they leave")
    void closed() {
        assertThat(requests.enter()).isTrue();
        requests.close();
        assertThat(requests.enter()).isFalse();
        assertThat(requests.count()).isEqualTo(1);
        requests.leave();
        assertThat(requests.count()).isZero();
    }

    @Test
    @DisplayName("waits for the last one, no longer, and says when it was waited for in vain")
    void awaitsTheLast() throws Exception {
        requests.enter();
        requests.enter();
        long asked = System.nanoTime();
        assertThat(requests.awaitNone(Duration.ofMillis(50))).isEqualTo(2);
        assertThat(System.nanoTime() - asked).isGreaterThanOrEqualTo(50_000_000);
        CompletableFuture<Integer> left =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return requests.awaitNone(Duration.ofMinutes(10));
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        requests.leave();
        assertThat(left).isNotDone();
        requests.leave();
        assertThat(left.get(20, TimeUnit.SECONDS)).isZero();
        assertThat(requests.awaitNone(Duration.ZERO)).isZero();
    }

    @Test
    @DisplayName("whoever got in is waited for, in random interleavings with the closing")
    void interleavings() throws Exception {
        long seed = System.nanoTime();
        System.out.println("InFlightTest.interleavings: seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            InFlight inFlight = new InFlight();
            AtomicInteger inside = new AtomicInteger();
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int pause = random.nextInt(100_000);
                clients.add(
                        new Thread(
                                () -> {
                                    while (inFlight.enter()) {
                                        inside.incrementAndGet();
                                        java.util.concurrent.locks.LockSupport.parkNanos(pause);
                                        inside.decrementAndGet();
                                        inFlight.leave();
                                    }
                                }));
            }
            clients.forEach(Thread::start);
            Thread.sleep(0, random.nextInt(900_000));
            inFlight.close();
            assertThat(inFlight.awaitNone(Duration.ofSeconds(20))).as("seed " + seed).isZero();
            assertThat(inside).as("seed " + seed).hasValue(0);
            for (Thread client : clients) {
                client.join();
            }
        }
    }
}
