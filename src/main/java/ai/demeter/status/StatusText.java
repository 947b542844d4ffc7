package ai.demeter.status;

import ai.demeter.events.EventLog;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.Manifest;

/**
 * The status as JSON. It is written once a second, and when something happens, whoever asks: those
 * who watch ask for the same.
 */
@ApplicationScoped
public class StatusText {
    /** Kept at once; those who watch ask for what is new since the last sample or two. */
    private static final int MOST = 8;

    private static final JsonMapper MAPPER = new JsonMapper();

    /**
     * What was written since a sample, as long as there is no newer one and nothing happens.
     *
     * @param newest the number of the newest sample in it
     * @param change of the event log
     */
    record Written(long newest, long change, byte[] json) {}

    private final StatusReport report;
    private final Samples samples;
    private final Map<Long, Written> written = new ConcurrentHashMap<>();
    private volatile StatusDocument.Instance started;

    /** For the container's proxies. */
    protected StatusText() {
        report = null;
        samples = null;
    }

    /** Writes what the report says. */
    @Inject
    public StatusText(StatusReport report, Sampler sampler) {
        this.report = report;
        samples = sampler.samples();
    }

    /** At the start, because threads that serve no request may ask first. */
    void start(@Observes @Initialized(ApplicationScoped.class) ServletContext application) {
        started =
                new StatusDocument.Instance(
                        version(application),
                        application.getServerInfo(),
                        Runtime.version().toString(),
                        Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime())
                                .toString(),
                        0);
    }

    /** The number of the newest sample; -1 before the first. */
    long newest() {
        return samples.next() - 1;
    }

    /** All of it, and of samples and events those after the sample of that number; -1 for all. */
    Written since(long number) throws JsonProcessingException {
        long newest = newest();
        long change = EventLog.current().changes();
        Written known = written.get(number);
        if (known != null && known.newest == newest && known.change == change) {
            return known;
        }
        StatusDocument document = report.since(number, instance());
        Written now = new Written(document.number(), change, MAPPER.writeValueAsBytes(document));
        if (written.size() >= MOST) {
            written.clear();
        }
        written.put(number, now);
        return now;
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
    private static String version(ServletContext application) {
        try (InputStream in = application.getResourceAsStream("/META-INF/MANIFEST.MF")) {
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
