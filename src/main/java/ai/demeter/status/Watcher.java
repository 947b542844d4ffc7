package ai.demeter.status;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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

    /** A minute of them. */
    static final int MOST = 60;

    private final AsyncContext answer;
    private final ServletOutputStream out;
    private final StatusText text;
    private long seen;
    private int told;
    private boolean unsent;
    private boolean over;

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

    @Override
    public void onWritePossible() {
        tell();
    }

    /**
     * Sends what is new, as far as it can be sent now. Called by the sampler's thread and by the
     * container's.
     *
     * @return false if there is nobody to tell any more
     */
    synchronized boolean tell() {
        try {
            while (!over && out.isReady()) {
                if (unsent) {
                    out.flush();
                    unsent = false;
                } else if (told == MOST) {
                    end();
                } else if (told > 0 && text.newest() == seen) {
                    break;
                } else {
                    StatusText.Written news = text.since(seen);
                    out.write(event(news));
                    seen = news.newest();
                    told++;
                    unsent = true;
                }
            }
        } catch (IOException | IllegalStateException gone) {
            end();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "The status cannot be sent to who watches it", e);
            end();
        }
        return !over;
    }

    private static byte[] event(StatusText.Written news) {
        byte[] head = ("id: " + news.newest() + "\ndata: ").getBytes(StandardCharsets.US_ASCII);
        byte[] event = Arrays.copyOf(head, head.length + news.json().length + 2);
        System.arraycopy(news.json(), 0, event, head.length, news.json().length);
        Arrays.fill(event, event.length - 2, event.length, (byte) '\n');
        return event;
    }

    private void end() {
        if (!over) {
            over = true;
            answer.complete();
        }
    }

    @Override
    public synchronized void onError(Throwable gone) {
        end();
    }

    @Override
    public synchronized void onComplete(AsyncEvent event) {
        over = true;
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
