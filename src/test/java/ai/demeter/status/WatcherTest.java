package ai.demeter.status;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Otherwise one client that does not read would keep the status from all others. */
class WatcherTest {
    private final Connection connection = new Connection();
    private final Numbers numbers = new Numbers();
    private int completed;
    private Watcher watcher;

    @BeforeEach
    void watch() throws IOException {
        watcher = new Watcher(answer(), numbers, 4);
        watcher.start();
        connection.listener.onWritePossible();
    }

    @Test
    @DisplayName("it is told at once, and then of each sample once")
    void told() {
        assertThat(connection.taken()).isEqualTo(event(7, "since 4"));
        assertThat(watcher.tell()).isTrue();
        assertThat(connection.taken()).isEmpty();
        numbers.newest = 8;
        assertThat(watcher.tell()).isTrue();
        assertThat(connection.taken()).isEqualTo(event(8, "since 7"));
    }

    @Test
    @DisplayName("one that does not read is passed over, and then told all it has missed at once")
    void slow() throws IOException {
        connection.taken();
        connection.ready = false;
        numbers.newest = 8;
        assertThat(watcher.tell()).isTrue();
        numbers.newest = 9;
        assertThat(watcher.tell()).isTrue();
        assertThat(connection.taken()).isEmpty();
        connection.ready = true;
        connection.listener.onWritePossible();
        assertThat(connection.taken()).isEqualTo(event(9, "since 7"));
    }

    @Test
    @DisplayName("what could be written but not be flushed is flushed as soon as it can be")
    void unflushed() throws IOException {
        connection.taken();
        connection.fullAfterWrite = true;
        numbers.newest = 8;
        watcher.tell();
        assertThat(connection.taken()).isEmpty();
        connection.fullAfterWrite = false;
        connection.ready = true;
        connection.listener.onWritePossible();
        assertThat(connection.taken()).isEqualTo(event(8, "since 7"));
    }

    @Test
    @DisplayName("after a minute of samples its answer ends, and nothing is written any more")
    void ends() {
        for (int i = 0; i < Watcher.MOST; i++) {
            assertThat(watcher.tell()).isTrue();
            numbers.newest++;
        }
        assertThat(watcher.tell()).isFalse();
        assertThat(completed).isEqualTo(1);
        connection.taken();
        numbers.newest++;
        assertThat(watcher.tell()).isFalse();
        assertThat(connection.taken()).isEmpty();
        assertThat(completed).isEqualTo(1);
    }

    @Test
    @DisplayName("so does one that has never read anything")
    void neverReads() {
        connection.ready = false;
        for (int i = 0; i < Watcher.MOST; i++) {
            assertThat(watcher.tell()).isTrue();
        }
        assertThat(watcher.tell()).isFalse();
        assertThat(completed).isEqualTo(1);
    }

    // Would break: the sampler's thread and the container's would wait for each other's locks, and
    // nobody would be told any more.
    @Test
    @DisplayName(
            "a container that calls while the other thread is at it need not wait, and is heard")
    void calledMeanwhile() throws Exception {
        connection.taken();
        numbers.newest = 8;
        CountDownLatch within = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        connection.whenAsked =
                () -> {
                    connection.whenAsked = () -> {};
                    within.countDown();
                    goOn.await();
                    connection.ready = false; // as it was found, but no longer is
                };
        Thread sampler = new Thread(watcher::tell);
        sampler.start();
        within.await();
        connection.listener.onWritePossible();
        connection.whenAsked = () -> connection.ready = true;
        goOn.countDown();
        sampler.join();
        assertThat(connection.taken()).isEqualTo(event(8, "since 7"));
    }

    @Test
    @DisplayName("by two threads at once each sample is sent once, in order")
    void atOnce() throws Exception {
        connection.taken();
        Thread container =
                new Thread(
                        () -> {
                            while (numbers.newest < 100_000) {
                                watcher.onWritePossible();
                            }
                        });
        container.start();
        while (numbers.newest < 100_000) {
            numbers.newest++;
            watcher.onWritePossible();
        }
        container.join();
        watcher.onWritePossible();
        long last = 7;
        for (String event : connection.taken().split("\n\n")) {
            String[] words = event.split("\\s+"); // id: N data: since M
            assertThat(words[4]).isEqualTo(Long.toString(last));
            last = Long.parseLong(words[1]);
        }
        assertThat(last).isEqualTo(100_000);
    }

    @Test
    @DisplayName("one that has gone is left, whether a write fails or the container says so")
    void gone() throws IOException {
        connection.gone = true;
        numbers.newest = 8;
        assertThat(watcher.tell()).isFalse();
        connection.listener.onError(new IOException());
        assertThat(completed).isEqualTo(1);

        connection.gone = false;
        Watcher other = new Watcher(answer(), numbers, -1);
        other.start();
        connection.listener.onError(new IOException());
        assertThat(other.tell()).isFalse();
        assertThat(completed).isEqualTo(2);

        Watcher ended = new Watcher(answer(), numbers, -1);
        ended.onComplete(null);
        assertThat(ended.tell()).isFalse();
        assertThat(completed).isEqualTo(2);
    }

    private static String event(long number, String json) {
        return "id: " + number + "\ndata: " + json + "\n\n";
    }

    /** The part of the container that is seen here. */
    private AsyncContext answer() {
        return proxy(
                AsyncContext.class,
                (proxy, method, arguments) -> {
                    if (method.getName().equals("complete")) {
                        completed++;
                    }
                    return method.getName().equals("getResponse")
                            ? proxy(ServletResponse.class, (of, called, with) -> connection)
                            : null;
                });
    }

    private static <T> T proxy(Class<T> type, java.lang.reflect.InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static final class Numbers extends StatusText {
        private volatile long newest = 7;

        @Override
        long newest() {
            return newest;
        }

        @Override
        Written since(long number) {
            byte[] json = ("since " + number).getBytes(StandardCharsets.US_ASCII);
            return new Written(newest, 0, json);
        }
    }

    @FunctionalInterface
    private interface Meanwhile {
        void run() throws InterruptedException;
    }

    /** Keeps to the rules of the specification, and fails whoever breaks them. */
    private static final class Connection extends ServletOutputStream {
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        private WriteListener listener;
        private volatile boolean ready = true;
        private volatile Meanwhile whenAsked = () -> {};
        private boolean asked;
        private boolean fullAfterWrite;
        private boolean gone;

        private String taken() {
            String taken = sent.toString(StandardCharsets.US_ASCII);
            sent.reset();
            return taken;
        }

        @Override
        public boolean isReady() {
            try {
                whenAsked.run();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            asked = ready;
            return ready;
        }

        @Override
        public void setWriteListener(WriteListener ofWatcher) {
            listener = ofWatcher;
        }

        @Override
        public void write(int octet) {
            throw new AssertionError("one at a time");
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            allowed();
            written.write(bytes, offset, length);
            ready = !fullAfterWrite;
        }

        @Override
        public void flush() throws IOException {
            allowed();
            written.writeTo(sent);
            written.reset();
        }

        private void allowed() throws IOException {
            if (!asked) {
                throw new AssertionError("without isReady()");
            }
            asked = false;
            if (gone) {
                throw new IOException("Broken pipe");
            }
        }
    }
}
