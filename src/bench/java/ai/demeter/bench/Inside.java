package ai.demeter.bench;

import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.inject.Inject;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.HdrHistogram.Histogram;

/** Measures a line in the container when asked to, and answers with its figures. */
@WebServlet("/bench")
public class Inside extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = Logger.getLogger(Inside.class.getName());

    @Inject private transient Work work;
    @Resource private transient ManagedExecutorService executor;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        int threads = Integer.parseInt(request.getParameter("threads"));
        long nanos = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(request.getParameter("millis")));
        try {
            Work.Step step =
                    work.of(
                            request.getParameter("what"),
                            request.getParameter("by"),
                            Long.parseLong(request.getParameter("id")));
            response.setContentType("text/plain");
            response.getWriter().print(measure(step, threads, nanos).toText());
        } catch (Exception e) {
            throw new ServletException(e);
        }
    }

    private Figures measure(Work.Step step, int threads, long nanos) throws Exception {
        AtomicLong failed = new AtomicLong();
        long started = System.nanoTime();
        List<Future<Histogram>> running = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            running.add(executor.submit(() -> repeat(step, started + nanos, failed)));
        }
        Histogram all = new Histogram(3);
        for (Future<Histogram> one : running) {
            all.add(one.get());
        }
        return Figures.of(all, failed.get(), (System.nanoTime() - started) / 1e9);
    }

    private static Histogram repeat(Work.Step step, long until, AtomicLong failed) {
        Histogram took = new Histogram(3);
        long before = System.nanoTime();
        do { // once at least, however late it starts
            try {
                step.run();
            } catch (Exception e) {
                if (failed.getAndIncrement() == 0) {
                    LOG.log(Level.WARNING, "A step failed", e);
                }
            }
            long after = System.nanoTime();
            took.recordValue(after - before);
            before = System.nanoTime();
        } while (before - until < 0);
        return took;
    }
}
