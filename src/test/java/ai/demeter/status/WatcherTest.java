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
        for (int told = 1; told < Watcher.MOST; told++) {
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
        private long newest = 7;

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

    /** Keeps to the rules of the specification, and fails whoever breaks them. */
    private static final class Connection extends ServletOutputStream {
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        private WriteListener listener;
        private boolean ready = true;
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
