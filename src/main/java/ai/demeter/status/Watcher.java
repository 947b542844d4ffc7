package ai.demeter.status;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A client that is sent the status with each sample. It costs a write a second and no thread: one
 * that does not read is passed over until the container says that it does again (Jakarta Servlet
 * 6.0, section 5.7), and then told all it has missed at once.
 *
 * <p>It is let go after a minute and comes again, as an {@code EventSource} does by itself: so a
 * token is checked every minute, and nothing is left of who has gone without a word.
 */
final class Watcher implements WriteListener, AsyncListener {
    private static final Logger LOG = Logger.getLogger(Watcher.class.getName());

    /** Samples, one a second. */
    static final int MOST = 60;

    private final AsyncContext answer;
    private final ServletOutputStream out;
    private final StatusText text;
    private final AtomicBoolean over = new AtomicBoolean();
    private int samples;

    /** That have not been answered; who makes it more than 0 is the one to send. */
    private final AtomicInteger calls = new AtomicInteger();

    // Of the one who sends.
    private long seen;
    private boolean begun;
    private boolean unsent;

    /** One that has seen the sample of that number; -1 for none. */
    Watcher(AsyncContext answer, StatusText text, long seen) throws IOException {
        this.answer = answer;
        this.out = answer.getResponse().getOutputStream();
        this.text = text;
        this.seen = seen;
    }

    void start() {
        answer.addListener(this);
        out.setWriteListener(this);
    }

    /**
     * That there is another sample, or was a minute of them.
     *
     * @return false if there is nobody to tell any more
     */
    boolean tell() {
        if (samples++ == MOST) {
            end();
        }
        onWritePossible();
        return !over.get();
    }

    /**
     * Sends what is new, as far as it can be sent now. It never waits for the other thread: a
     * container may call it within a lock that the other one needs to go on.
     */
    @Override
    public void onWritePossible() {
        if (calls.getAndIncrement() > 0) {
            return; // whoever is at it goes round once more
        }
        int answered;
        do {
            answered = calls.get();
            send();
        } while (calls.addAndGet(-answered) > 0);
    }

    private void send() {
        try {
            while (!over.get() && out.isReady()) {
                if (unsent) {
                    out.flush();
                    unsent = false;
                } else if (begun && text.newest() == seen) {
                    return;
                } else {
                    StatusText.Written news = text.since(seen);
                    out.write(event(news));
                    seen = news.newest();
                    begun = true;
                    unsent = true;
                }
            }
        } catch (IOException | IllegalStateException gone) {
            end();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "The status cannot be sent to who watches it", e);
            end();
        }
    }

    private static byte[] event(StatusText.Written news) {
        byte[] head = ("id: " + news.newest() + "\ndata: ").getBytes(StandardCharsets.US_ASCII);
        byte[] event = Arrays.copyOf(head, head.length + news.json().length + 2);
        System.arraycopy(news.json(), 0, event, head.length, news.json().length);
        Arrays.fill(event, event.length - 2, event.length, (byte) '\n');
        return event;
    }

    private void end() {
        if (over.compareAndSet(false, true)) {
            answer.complete();
        }
    }

    @Override
    public void onError(Throwable gone) {
        end();
    }

    @Override
    public void onComplete(AsyncEvent event) {
        over.set(true);
    }

    @Override
    public void onError(AsyncEvent event) {
        onError(event.getThrowable());
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        // none is set
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // never again
    }
}
