package ai.demeter.status;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Those who are sent the status with each sample. */
@ApplicationScoped
public class Watchers {
    static final String MEDIA_TYPE = "text/event-stream";

    /**
     * Payara Micro leaves the contexts of an asynchronous request on the thread that began it,
     * until that serves the next and puts them right; Weld would say so four times for each. Held,
     * because the log manager does not hold them.
     */
    private static final List<Logger> QUIET =
            List.of(
                    Logger.getLogger("org.jboss.weld.Context"),
                    Logger.getLogger("org.jboss.weld.Conversation"),
                    Logger.getLogger("org.jboss.weld.Servlet"));

    static {
        QUIET.forEach(logger -> logger.setLevel(Level.SEVERE));
    }

    private final Set<Watcher> watchers = ConcurrentHashMap.newKeySet();
    private final StatusText text;

    /** For the container's proxies. */
    protected Watchers() {
        this(null);
    }

    /** Sends them this. */
    @Inject
    public Watchers(StatusText text) {
        this.text = text;
    }

    static boolean isOne(HttpServletRequest request) {
        String accepted = request.getHeader("Accept");
        return accepted != null && accepted.contains(MEDIA_TYPE);
    }

    /** Sends the status from now on, with what is newer than the sample of that number. */
    void add(HttpServletRequest request, HttpServletResponse response, long seen)
            throws IOException {
        response.setContentType(MEDIA_TYPE);
        // A proxy that collects the answer would show it a minute late (nginx).
        response.setHeader("X-Accel-Buffering", "no");
        AsyncContext answer = request.startAsync();
        answer.setTimeout(0); // it ends by itself, or when a write fails
        Watcher watcher = new Watcher(answer, text, seen);
        watcher.start();
        watchers.add(watcher);
    }

    void tell(@Observes Sample sample) {
        watchers.removeIf(watcher -> !watcher.tell());
    }
}
