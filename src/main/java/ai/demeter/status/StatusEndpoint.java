package ai.demeter.status;

import ai.demeter.events.EventLog;
import com.fasterxml.jackson.databind.json.JsonMapper;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.Manifest;

/**
 * The status as JSON: everything that the page shows, and with {@code after}, the number of a
 * sample, only the samples and events after it.
 *
 * <p>It is written once a second, and when something happens, whoever asks: those who watch the
 * page ask for the same.
 */
@WebServlet(urlPatterns = "/api/status")
public class StatusEndpoint extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** Texts kept at once; those who watch ask for what is new since the last one or two. */
    private static final int MOST = 8;

    private static final JsonMapper MAPPER = new JsonMapper();

    /** What was written since a sample, as long as there is no newer one and nothing happens. */
    private record Written(long newest, long change, byte[] body) {}

    @Inject private transient StatusReport report;
    @Inject private transient Sampler sampler;
    private final transient Map<Long, Written> written = new ConcurrentHashMap<>();
    private transient StatusDocument.Instance started;

    @Override
    public void init() {
        started =
                new StatusDocument.Instance(
                        version(),
                        getServletContext().getServerInfo(),
                        Runtime.version().toString(),
                        Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime())
                                .toString(),
                        0);
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (!StatusPage.isServed(request, response)) {
            return;
        }
        long after = after(request.getParameter("after"));
        long newest = sampler.samples().next() - 1;
        long change = EventLog.current().changes();
        Written known = written.get(after);
        if (known == null || known.newest != newest || known.change != change) {
            known =
                    new Written(
                            newest,
                            change,
                            MAPPER.writeValueAsBytes(report.since(after, instance())));
            if (written.size() >= MOST) {
                written.clear();
            }
            written.put(after, known);
        }
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(known.body.length);
        response.getOutputStream().write(known.body);
    }

    /** The number that is asked for; -1 if there is none, or it is no number. */
    private static long after(String parameter) {
        return parameter != null && parameter.matches("\\d{1,18}") ? Long.parseLong(parameter) : -1;
    }

    private StatusDocument.Instance instance() {
        return new StatusDocument.Instance(
                started.version(),
                started.server(),
                started.java(),
                started.started(),
                ManagementFactory.getRuntimeMXBean().getUptime() / 1000);
    }

    /** Of the WAR, as the build has written it; "unknown" where it was deployed without. */
    private String version() {
        try (InputStream in = getServletContext().getResourceAsStream("/META-INF/MANIFEST.MF")) {
            String version =
                    in == null
                            ? null
                            : new Manifest(in)
                                    .getMainAttributes()
                                    .getValue("Implementation-Version");
            return version == null ? "unknown" : version;
        } catch (IOException e) {
            return "unknown";
        }
    }
}
