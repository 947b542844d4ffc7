package ai.demeter.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.demeter.run.Until;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Otherwise requests in flight are cut, or a signal is not obeyed. */
@Timeout(120) // seconds: what never ends is red, too
class ShutdownTest {
    private static final int TERM = 15;

    private final InFlight requests = new InFlight();
    private final List<String> done = new CopyOnWriteArrayList<>();

    private Shutdown shutdown(Duration grace) {
        Runnable stopPool = () -> done.add("pool stopped");
        return new Shutdown(
                requests, stopPool, Duration.ZERO, grace, status -> done.add("exit " + status));
    }

    private Thread finish(Shutdown shutdown) {
        Thread thread = new Thread(() -> shutdown.finish("TERM", TERM));
        thread.start();
        return thread;
    }

    private boolean isOpen() {
        boolean open = requests.enter();
        if (open) {
            requests.leave();
        }
        return open;
    }

    @Test
    @DisplayName("not ready and closed at once; ends when the last request is answered")
    void awaitsRequests() throws Exception {
        requests.enter();
        Shutdown shutdown = shutdown(Duration.ofMinutes(10));
        Thread thread = finish(shutdown);
        Until.holds("closed", () -> !isOpen());
        assertThat(shutdown.isUnderWay()).isTrue();
        Thread.sleep(100);
        assertThat(done).isEmpty();
        requests.leave();
        thread.join();
        assertThat(done).containsExactly("pool stopped", "exit 143");
    }

    @Test
    @DisplayName("ends when the grace is over, whoever is left")
    void grace() throws Exception {
        requests.enter();
        finish(shutdown(Duration.ofMillis(100))).join();
        assertThat(done).containsExactly("pool stopped", "exit 143");
    }

    @Test
    @DisplayName("a second signal ends nothing twice")
    void twice() throws Exception {
        requests.enter();
        Shutdown shutdown = shutdown(Duration.ofMinutes(10));
        Thread first = finish(shutdown);
        Until.holds("begun", shutdown::isUnderWay);
        finish(shutdown).join();
        assertThat(done).isEmpty();
        requests.leave();
        first.join();
        assertThat(done).hasSize(2);
    }

    @Test
    @DisplayName("interrupted, it is obeyed all the same")
    void interrupted() throws Exception {
        requests.enter();
        Shutdown shutdown = shutdown(Duration.ofMinutes(10));
        Thread thread = finish(shutdown);
        Until.holds("begun", shutdown::isUnderWay);
        thread.interrupt();
        thread.join();
        assertThat(done).containsExactly("pool stopped", "exit 143");
    }

    // Would break: an instance that never got as far as a pool is there until it is killed.
    @Test
    @DisplayName("a pool that cannot be stopped is no reason not to end")
    void poolFails() {
        Shutdown shutdown =
                new Shutdown(
                        requests,
                        () -> {
                            throw new IllegalStateException("there is none");
                        },
                        Duration.ZERO,
                        Duration.ofSeconds(10),
                        status -> done.add("exit " + status));
        assertThatThrownBy(() -> shutdown.finish("TERM", TERM)).hasMessage("there is none");
        assertThat(done).containsExactly("exit 143");
    }

    @Test
    @DisplayName("during SHUTDOWN_DELAY it is not ready, and still lets requests in")
    void delay() throws Exception {
        Shutdown shutdown =
                new Shutdown(
                        requests,
                        () -> {},
                        Duration.ofMillis(500),
                        Duration.ofSeconds(10),
                        status -> done.add("exit " + status));
        long asked = System.nanoTime();
        Thread thread = finish(shutdown);
        Until.holds("not ready", shutdown::isUnderWay);
        assertThat(requests.enter()).isTrue();
        requests.leave();
        thread.join();
        assertThat(System.nanoTime() - asked).isGreaterThanOrEqualTo(500_000_000);
        assertThat(requests.enter()).isFalse();
        assertThat(done).containsExactly("exit 143");
    }
}
