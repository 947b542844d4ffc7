package ai.demeter.fault;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.fault.Clients.Answer;
import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.Until;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An instance that stops and starts again, under clients that have another one to go to. */
@Tag("fault")
class RestartIT {
    private static final String GET =
            "GET /api/warehouses?limit=1 HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final AtomicInteger CODES = new AtomicInteger();

    // Would break: to whoever asks, what a stopping server says is true: that there is no such
    // warehouse, or that the service failed.
    @Test
    @DisplayName(
            "from SIGTERM to the end of the process 503 as a problem or no connection, on kept ones too")
    void stop() throws Exception {
        Queue<String> answers = new ConcurrentLinkedQueue<>();
        try (Stack stack = Stack.start("stop", Map.of("SHUTDOWN_DELAY", "3"))) {
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                boolean kept = i % 2 == 0;
                clients.add(new Thread(() -> ask(stack, kept, answers)));
            }
            clients.forEach(Thread::start);
            Until.holds("served", () -> answers.size() > 200);
            stack.server().process().destroy();
            Until.holds("not ready", () -> stack.server().readiness() == 503);
            // A balancer sends requests until it has asked for readiness again.
            assertThat(stack.get("/api/warehouses?limit=1").statusCode()).isEqualTo(200);
            for (Thread client : clients) {
                client.join();
            }
            assertThat(answers)
                    .allMatch(
                            answer ->
                                    answer.startsWith("HTTP/1.1 200 ")
                                            || answer.startsWith("HTTP/1.1 503 ")
                                                    && answer.contains("urn:demeter:problem:"));
            Figures.record(
                    stack,
                    "SIGTERM under clients: answered 503",
                    answers.stream().filter(answer -> answer.contains(" 503 ")).count());
        }
    }

    /** Asks until there is nobody any more: on one connection while it is kept, or on new ones. */
    private static void ask(Stack stack, boolean kept, Queue<String> answers) {
        while (true) {
            try (Socket socket = new Socket("localhost", stack.uri("/").getPort())) {
                socket.setSoTimeout(30_000);
                String answer;
                do {
                    socket.getOutputStream().write(GET.getBytes(StandardCharsets.US_ASCII));
                    answer = read(socket.getInputStream());
                    if (answer.isEmpty()) {
                        break; // closed before an answer, as an end of the process does
                    }
                    answers.add(answer);
                } while (kept && !answer.toLowerCase(java.util.Locale.ROOT).contains(": close"));
            } catch (ConnectException e) {
                return;
            } catch (IOException e) {
                // Cut: the next connection is refused.
            }
        }
    }

    /** One answer; empty if the connection was closed before it. */
    private static String read(InputStream in) throws IOException {
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            answer.append((char) next);
        }
        String length = answer.toString().replaceAll("(?is).*content-length: (\\d+).*", "$1");
        return length.matches("\\d+")
                ? answer + new String(in.readNBytes(Integer.parseInt(length)))
                : answer.toString();
    }

    // Would break: a roll-out fails requests, and an answer that is not true is worse than none.
    @Test
    @Tag("proof") // six restarts
    @Tag("quiet")
    @DisplayName(
            "two instances, each restarted three times in turn: no request fails, no answer is wrong")
    void inTurn() throws Exception {
        Queue<String> failed = new ConcurrentLinkedQueue<>();
        Queue<String> stored = new ConcurrentLinkedQueue<>();
        AtomicInteger served = new AtomicInteger();
        try (Stack one = Stack.start("restart-1", port())) {
            Stack other = one.beside("restart-2");
            other.startServer(port());
            List<Thread> clients = new ArrayList<>();
            try {
                other.awaitReady();
                for (int i = 0; i < 12; i++) {
                    clients.add(new Thread(() -> persist(one, other, served, stored, failed)));
                }
                clients.forEach(Thread::start);
                for (int i = 0; i < 3; i++) {
                    for (Stack each : List.of(one, other)) {
                        Map<String, String> samePort =
                                Map.of("HTTP_PORT", Integer.toString(each.uri("/").getPort()));
                        each.server().close();
                        each.startServer(samePort);
                        each.awaitReady();
                    }
                }
                int before = served.get();
                Until.holds("served", () -> served.get() > before + 100 || !failed.isEmpty());
            } finally {
                clients.forEach(Thread::interrupt);
                for (Thread client : clients) {
                    client.join();
                }
                other.server().close();
            }
            Figures.record(
                    one,
                    "two instances, each restarted three times under 12 clients: served; failed",
                    served.get() + "; " + failed.size());
            assertThat(failed).isEmpty();
            // One query, and sets: there are a hundred thousand of them.
            Set<String> missing = new HashSet<>(stored);
            missing.removeAll(
                    new HashSet<>(Sql.texts(one.postgres(), "SELECT code FROM warehouse")));
            assertThat(missing).isEmpty();
        }
    }

    private static Map<String, String> port() throws IOException {
        return Map.of("HTTP_PORT", Integer.toString(Postgres.freePort()));
    }

    /** Reads and writes in turn, at one instance until that refuses, and then at the other. */
    private static void persist(
            Stack one,
            Stack other,
            AtomicInteger served,
            Queue<String> stored,
            Queue<String> failed) {
        Stack now = one;
        while (!Thread.currentThread().isInterrupted()) {
            int number = CODES.incrementAndGet();
            String code = "RE-" + number;
            boolean write = number % 2 == 0;
            long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (true) {
                Answer answer =
                        Clients.one(
                                write
                                        ? Clients.post(
                                                now,
                                                "/api/warehouses",
                                                "{\"code\":\"%s\",\"name\":\"n\",\"type\":\"tunnel\"}"
                                                        .formatted(code))
                                        : Clients.get(now, "/api/warehouses?limit=1"));
                if (answer.status() == (write ? 201 : 200)) {
                    served.incrementAndGet();
                    if (write) {
                        stored.add(code);
                    }
                    break;
                }
                boolean refused =
                        answer.status() == 503
                                        && answer.body()
                                                .contains("urn:demeter:problem:database-unav")
                                || answer.status() == 0
                                        && answer.body().contains("Connection refused");
                if (!refused || System.nanoTime() > until) {
                    failed.add(answer.status() + " " + answer.body());
                    break;
                }
                now = now == one ? other : one;
            }
        }
    }
}
