package ai.demeter.fault;

import ai.demeter.run.Stack;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/** Clients that send requests side by side, and keep account of every answer. */
final class Clients implements AutoCloseable {
    /** An answer; status 0 if the connection broke. */
    record Answer(int status, String body, Duration took) {}

    private static final CloseableHttpClient CLIENT =
            HttpClients.custom()
                    .setConnectionManager(
                            PoolingHttpClientConnectionManagerBuilder.create()
                                    .setMaxConnPerRoute(500)
                                    .setMaxConnTotal(500)
                                    .setDefaultConnectionConfig(
                                            ConnectionConfig.custom()
                                                    .setConnectTimeout(Timeout.ofSeconds(5))
                                                    .setSocketTimeout(Timeout.ofSeconds(60))
                                                    // Payara closes them after 30 s without a
                                                    // request, perhaps while one is on its way.
                                                    .setTimeToLive(TimeValue.ofSeconds(15))
                                                    .setValidateAfterInactivity(
                                                            TimeValue.ZERO_MILLISECONDS)
                                                    .build())
                                    .build())
                    .disableAutomaticRetries()
                    .disableRedirectHandling()
                    .build();

    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger left;
    private volatile boolean stopped;

    /**
     * Starts them.
     *
     * @param most requests in all, after which they stop
     */
    Clients(int clients, int most, Callable<Answer> request) {
        left = new AtomicInteger(most);
        for (int i = 0; i < clients; i++) {
            Thread thread = new Thread(() -> run(request), "client");
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** As many answers to as many requests, sent at once. */
    static List<Answer> atOnce(int clients, Callable<Answer> request) throws InterruptedException {
        try (Clients all = new Clients(clients, clients, request)) {
            return all.await();
        }
    }

    static Callable<Answer> get(Stack stack, String path) {
        return () -> send(new HttpGet(stack.uri(path)));
    }

    static Callable<Answer> post(Stack stack, String path, String json) {
        return () -> {
            HttpPost request = new HttpPost(stack.uri(path));
            request.setEntity(new StringEntity(json, ContentType.APPLICATION_JSON));
            return send(request);
        };
    }

    /** Status 0 if the connection broke: nothing is sent a second time. */
    private static Answer send(ClassicHttpRequest request) {
        long started = System.nanoTime();
        try {
            return CLIENT.execute(
                    request,
                    response ->
                            new Answer(
                                    response.getCode(),
                                    response.getEntity() == null
                                            ? ""
                                            : EntityUtils.toString(response.getEntity()),
                                    Duration.ofNanos(System.nanoTime() - started)));
        } catch (IOException e) {
            return new Answer(0, e.toString(), Duration.ofNanos(System.nanoTime() - started));
        }
    }

    /** Waits until all requests are answered. */
    List<Answer> await() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
        return List.copyOf(answers);
    }

    /** What was answered so far. */
    List<Answer> answers() {
        return List.copyOf(answers);
    }

    int answered() {
        return answers.size();
    }

    /** Ends after the requests under way. */
    List<Answer> stop() throws InterruptedException {
        stopped = true;
        return await();
    }

    /** How often each status came. */
    static Map<Integer, Integer> byStatus(List<Answer> answers) {
        Map<Integer, Integer> counts = new TreeMap<>();
        answers.forEach(answer -> counts.merge(answer.status, 1, Integer::sum));
        return counts;
    }

    static Duration longest(List<Answer> answers) {
        return answers.stream().map(Answer::took).max(Duration::compareTo).orElseThrow();
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }

    private void run(Callable<Answer> request) {
        while (!stopped && left.getAndDecrement() > 0) {
            answers.add(one(request));
        }
    }

    static Answer one(Callable<Answer> request) {
        try {
            return request.call();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
