package ai.demeter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.demeter.run.Until;
import ai.demeter.settings.Settings;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.io.InterruptedIOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Otherwise some clients, by sending slowly, could keep all others out. */
@Timeout(60) // a wait that nobody ends
class BodyStreamTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int CHUNKED = -1;
    private static final int END = -1;

    private final AtomicLong now = new AtomicLong(-5); // as System.nanoTime may be
    private final ArrivingBodies bodies = new ArrivingBodies(TIMEOUT, now::get);

    /** A connection: a thread that wants more than the client has sent waits for it. */
    private static final class Client extends ServletInputStream {
        private final BlockingQueue<Integer> sent = new LinkedBlockingQueue<>();
        private boolean finished;
        private boolean closed;

        private Client send(String text) {
            text.chars().forEach(sent::add);
            return this;
        }

        private Client end() {
            sent.add(END);
            return this;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws InterruptedIOException {
            try {
                int next = sent.take();
                finished = next == END;
                bytes[offset] = (byte) next;
                return finished ? -1 : 1;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // as the selectors of both servers leave it
                throw new InterruptedIOException();
            }
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        /** As Undertow's: not before the whole body is there. */
        @Override
        public void close() throws InterruptedIOException {
            closed = true;
            while (!finished) {
                read(new byte[1], 0, 1);
            }
        }

        @Override
        public int available() {
            return (int) sent.stream().takeWhile(next -> next != END).count();
        }

        @Override
        public boolean isFinished() {
            return finished;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new UnsupportedOperationException();
        }
    }

    /** The answer, which takes what it is told. */
    private final HttpServletResponse response =
            (HttpServletResponse)
                    Proxy.newProxyInstance(
                            getClass().getClassLoader(),
                            new Class<?>[] {HttpServletResponse.class},
                            (proxy, method, arguments) -> null);

    private BodyStream chunked(Client client) {
        return new BodyStream(client, CHUNKED, bodies.next());
    }

    /** Reads all, on a thread of its own; returns when that waits or has ended. */
    private CompletableFuture<Throwable> reading(BodyStream body) throws Exception {
        int before = bodies.waiting();
        CompletableFuture<Throwable> outcome =
                onThread(() -> catchThrowable(() -> body.readAllBytes()));
        Until.holds("it waits", () -> bodies.waiting() > before || outcome.isDone());
        return outcome;
    }

    private static CompletableFuture<Throwable> onThread(
            java.util.function.Supplier<Throwable> work) {
        return CompletableFuture.supplyAsync(
                () -> {
                    Throwable thrown = work.get();
                    return Thread.currentThread().isInterrupted()
                            ? new AssertionError("left interrupted")
                            : thrown;
                },
                task -> new Thread(task).start());
    }

    private static Problem.Kind kind(Throwable thrown) {
        assertThat(thrown).isInstanceOf(ProblemException.class);
        return ((ProblemException) thrown).problem().kind();
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
        bodies.look();
    }

    // Would break: a byte a second keeps a thread of the server for ever.
    @Test
    @DisplayName("A body that does not arrive in time is given up then, however often a byte comes")
    void late() throws Exception {
        Client client = new Client();
        BodyStream body = chunked(client);
        CompletableFuture<Throwable> outcome = reading(body);
        for (int i = 0; i < 19; i++) {
            pass(Duration.ofSeconds(1));
            client.send("x");
            Until.holds("it is read", client.sent::isEmpty);
            Until.holds("it waits again", () -> bodies.waiting() == 1);
        }
        assertThat(outcome).isNotDone();
        pass(Duration.ofSeconds(1));
        assertThat(kind(outcome.get())).isEqualTo(Problem.Kind.REQUEST_TIMEOUT);
        assertThat(onThread(() -> catchThrowable(() -> body.finish(response))).get()).isNull();
        assertThat(client.closed).isTrue();
        assertThat(bodies.permits()).isEqualTo(Settings.BODIES);
    }

    // Would break: a large body on a busy machine would be its client's fault.
    @Test
    @DisplayName("Only waiting counts, not what its reader does in between")
    void busy() throws Exception {
        Client client = new Client().send("x");
        BodyStream body = chunked(client);
        assertThat(body.read()).isEqualTo('x');
        pass(TIMEOUT.multipliedBy(10));
        CompletableFuture<Throwable> outcome = reading(body);
        bodies.look();
        client.send("y").end();
        assertThat(outcome.get()).isNull();
    }

    // Would break: slow clients keep all threads, or keep those out whose bodies are there.
    @Test
    @DisplayName("One more than may wait is refused at once; whose body is there is not")
    void full() throws Exception {
        List<Client> clients = new ArrayList<>();
        List<BodyStream> streams = new ArrayList<>();
        List<CompletableFuture<Throwable>> slow = new ArrayList<>();
        for (int i = 0; i < Settings.BODIES; i++) {
            clients.add(new Client());
            streams.add(chunked(clients.get(i)));
            slow.add(reading(streams.get(i)));
        }
        BodyStream further = chunked(new Client());
        assertThat(kind(catchThrowable(further::read))).isEqualTo(Problem.Kind.OVERLOADED);
        assertThat(onThread(() -> catchThrowable(() -> further.finish(response))).get()).isNull();
        BodyStream announced = new BodyStream(new Client().send("whole"), 5, bodies.next());
        assertThat(announced.readAllBytes()).asString().isEqualTo("whole");
        announced.finish(response);
        clients.get(0).end();
        assertThat(slow.get(0).get()).as("it has arrived").isNull();
        CompletableFuture<Throwable> next = reading(chunked(new Client()));
        assertThat(next).as("its permit is another's").isNotDone();
        pass(TIMEOUT);
        assertThat(kind(next.get())).isEqualTo(Problem.Kind.REQUEST_TIMEOUT);
    }

    @Test
    @DisplayName("A permit is given back once, when the body is there or its request has ended")
    void permits() throws Exception {
        Client client = new Client();
        BodyStream body = chunked(client);
        CompletableFuture<Throwable> outcome = reading(body);
        assertThat(bodies.permits()).isEqualTo(Settings.BODIES - 1);
        client.end();
        assertThat(outcome.get()).isNull();
        assertThat(bodies.permits()).isEqualTo(Settings.BODIES);
        body.finish(response);
        assertThat(bodies.permits()).isEqualTo(Settings.BODIES);
    }

    // Would break: who is refused before the body was read is cut off while sending, and never
    // reads why; or keeps the thread for as long as he likes.
    @Test
    @DisplayName("What nobody read is taken within the same limits, and left after that")
    void unread() throws Exception {
        Client quick = new Client().send("unread").end();
        chunked(quick).finish(response);
        assertThat(quick.finished).isTrue();
        Client slow = new Client().send("un");
        BodyStream body = chunked(slow);
        CompletableFuture<Throwable> outcome =
                onThread(() -> catchThrowable(() -> body.finish(response)));
        Until.holds("it waits", () -> bodies.waiting() == 1);
        pass(TIMEOUT);
        assertThat(outcome.get()).isNull();
        assertThat(slow.closed).isTrue();
        assertThat(bodies.permits()).isEqualTo(Settings.BODIES);
    }

    // Would break: who sends all before he reads never reads that it was too much, or keeps a
    // thread.
    @Test
    @DisplayName("The rest of a body that is refused is taken as it comes, and waited for a second")
    void lingering() throws Exception {
        Client patient = new Client().send("all of it").end();
        BodyStream whole = new BodyStream(patient, BodyLimits.MOST_BYTES + 1, bodies.next());
        assertThat(kind(catchThrowable(whole::read))).isEqualTo(Problem.Kind.PAYLOAD_TOO_LARGE);
        assertThat(onThread(() -> catchThrowable(() -> whole.finish(response))).get()).isNull();
        assertThat(patient.finished).isTrue();
        Client slow = new Client();
        BodyStream body = new BodyStream(slow, BodyLimits.MOST_BYTES + 1, bodies.next());
        CompletableFuture<Throwable> outcome =
                onThread(() -> catchThrowable(() -> body.finish(response)));
        for (int i = 0; i < 9; i++) {
            Until.holds("it waits", () -> bodies.waiting() == 1);
            pass(ArrivingBodies.LINGER.dividedBy(10));
            slow.send("x");
            Until.holds("it is taken", slow.sent::isEmpty);
        }
        Until.holds("it waits again", () -> bodies.waiting() == 1);
        assertThat(outcome).isNotDone();
        pass(ArrivingBodies.LINGER.dividedBy(10));
        assertThat(outcome.get()).isNull();
        assertThat(slow.closed).isTrue();
        assertThat(bodies.permits()).isEqualTo(Settings.BODIES);
    }

    @Test
    @DisplayName("8 MiB are read, one byte more is refused")
    void tooLarge() throws Exception {
        Client client = new Client();
        BodyStream body = chunked(client);
        byte[] one = new byte[1];
        for (int i = 0; i < 8 << 20; i++) {
            client.sent.add((int) 'x');
            assertThat(body.read(one, 0, 1)).isOne();
        }
        client.send("x");
        assertThat(kind(catchThrowable(body::read))).isEqualTo(Problem.Kind.PAYLOAD_TOO_LARGE);
    }

    // Would break: a load that is long by right is cut off, or one that trickles never is.
    @Test
    @DisplayName("A stream has its time anew with each 256 KiB, and no end but that")
    void rate() throws Exception {
        Client client = new Client();
        BodyStream body = chunked(client);
        body.stream(() -> false);
        byte[] one = new byte[1];
        for (int round = 0; round < 3; round++) {
            CompletableFuture<Throwable> waiting = onThread(() -> catchThrowable(body::read));
            Until.holds("it waits", () -> bodies.waiting() == 1);
            pass(TIMEOUT.minusSeconds(1));
            client.send("x");
            assertThat(waiting.get()).isNull();
            for (int i = 1; i < ArrivingBodies.LEAST_BYTES; i++) {
                client.sent.add((int) 'x');
                assertThat(body.read(one, 0, 1)).isOne();
            }
        }
        CompletableFuture<Throwable> waiting = onThread(() -> catchThrowable(body::read));
        Until.holds("it waits", () -> bodies.waiting() == 1);
        pass(TIMEOUT);
        assertThat(kind(waiting.get())).isEqualTo(Problem.Kind.REQUEST_TIMEOUT);
    }

    @Test
    @DisplayName("A stream that is cancelled ends, whether it is waited for or there already")
    void cancelled() throws Exception {
        AtomicBoolean cancelled = new AtomicBoolean();
        BodyStream body = chunked(new Client());
        body.stream(cancelled::get);
        CompletableFuture<Throwable> waiting = onThread(() -> catchThrowable(body::read));
        Until.holds("it waits", () -> bodies.waiting() == 1);
        cancelled.set(true);
        bodies.look();
        assertThat(kind(waiting.get())).isEqualTo(Problem.Kind.CANCELLED);
        BodyStream there = chunked(new Client().send("there"));
        there.stream(cancelled::get);
        assertThat(kind(catchThrowable(there::read))).isEqualTo(Problem.Kind.CANCELLED);
    }

    // Would break: what a client sent before it went away is taken for all of it.
    @Test
    @DisplayName("A body that ends before its Content-Length has not arrived")
    void brokenOff() {
        BodyStream body = new BodyStream(new Client().send("half").end(), 8, bodies.next());
        assertThat(catchThrowable(body::readAllBytes)).isInstanceOf(EOFException.class);
    }
}
