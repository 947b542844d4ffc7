package ai.demeter.fault;

import ai.demeter.run.Stack;
import ai.demeter.run.Until;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that send each write again with its key, until it is answered definitely. */
final class KeyedWriters implements AutoCloseable {
    private static final long PAUSE_MILLIS = 100;

    private final Stack stack;
    private final String series;
    private final AtomicInteger keys = new AtomicInteger();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Queue<String> refused = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean over;

    /**
     * Starts them.
     *
     * @param series what their keys and the codes that they store begin with
     */
    KeyedWriters(Stack stack, int clients, String series) {
        this.stack = stack;
        this.series = series;
        for (int i = 0; i < clients; i++) {
            Thread thread = new Thread(this::writeUntilOver, "writer");
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** How many keys were used, each for one row. */
    int keys() {
        return keys.get();
    }

    /** Codes whose writes were answered 201. */
    Set<String> acknowledged() {
        return acknowledged;
    }

    /** Keys that were answered anything else, with the status. */
    List<String> refused() {
        return List.copyOf(refused);
    }

    /** Waits until as many more were acknowledged. */
    void awaitFurther(int writes) throws Exception {
        int until = acknowledged.size() + writes;
        Until.holds("acknowledged writes", () -> acknowledged.size() >= until);
    }

    /** Ends when every key has its answer. */
    void stop() throws InterruptedException {
        over = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void writeUntilOver() {
        try {
            while (!over) {
                String key = series + keys.incrementAndGet();
                int status = send(key);
                while (status == 0 || status >= 500) {
                    Thread.sleep(PAUSE_MILLIS);
                    status = send(key);
                }
                if (status == 201) {
                    acknowledged.add(key);
                } else {
                    refused.add(key + " " + status);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the test ends
        }
    }

    /** 0 if there was no answer yet. */
    private int send(String key) throws InterruptedException {
        try {
            HttpResponse<String> answer =
                    stack.send(
                            stack.request("/api/warehouses")
                                    .header("Content-Type", "application/json")
                                    .header("Idempotency-Key", key)
                                    .POST(
                                            BodyPublishers.ofString(
                                                    "{\"code\":\"%s\",\"name\":\"x\",\"type\":\"tunnel\"}"
                                                            .formatted(key))));
            boolean atWork = answer.statusCode() == 409 && answer.body().contains("in-progress");
            return atWork ? 0 : answer.statusCode();
        } catch (IOException e) {
            return 0;
        }
    }
}
