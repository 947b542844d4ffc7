package ai.demeter.fault;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.fault.Clients.Answer;
import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.Until;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Writes under way while something fails, and which of them were acknowledged. */
final class Recorder implements AutoCloseable {
    private final Stack stack;
    private final Duration pause;
    private final String series = UUID.randomUUID().toString().substring(0, 8).toUpperCase();
    private final AtomicInteger written = new AtomicInteger();
    private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    private final Clients clients;

    /**
     * Starts them.
     *
     * @param pause between two writes of a client, so that a test has the machine for itself
     */
    Recorder(Stack stack, int clients, Duration pause) {
        this.stack = stack;
        this.pause = pause;
        this.clients = new Clients(clients, Integer.MAX_VALUE, this::write);
    }

    private Answer write() throws Exception {
        Thread.sleep(pause.toMillis());
        String code = series + "-" + written.incrementAndGet();
        Answer answer =
                Clients.post(
                                stack,
                                "/api/warehouses",
                                "{\"code\":\"" + code + "\",\"name\":\"x\",\"type\":\"tunnel\"}")
                        .call();
        if (answer.status() == 201) {
            acknowledged.add(code);
        }
        return answer;
    }

    /** Waits until as many more were acknowledged. */
    void awaitFurther(int writes) throws Exception {
        int until = acknowledged.size() + writes;
        Until.holds("acknowledged writes", () -> acknowledged.size() >= until);
    }

    /** Ends after the writes under way. */
    List<Answer> stop() throws InterruptedException {
        return clients.stop();
    }

    /** Everything acknowledged is there, once. */
    void assertNothingLost() throws SQLException {
        List<String> stored =
                Sql.texts(
                        stack.postgres(),
                        "SELECT code FROM warehouse WHERE code LIKE '" + series + "-%'");
        Set<String> once = new HashSet<>(stored);
        assertThat(once).containsAll(acknowledged);
        assertThat(stored).hasSameSizeAs(once);
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }
}
