package ai.demeter.traces;

import ai.demeter.events.Spans;
import ai.demeter.settings.Settings;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Has spans made and sent, if {@code OTEL_EXPORTER_OTLP_ENDPOINT} says where to; otherwise not a
 * class of OpenTelemetry's is loaded.
 */
@WebListener
public class Traces implements ServletContextListener {
    private static final Logger LOG = Logger.getLogger(Traces.class.getName());

    // A listener is made by the server, which injects into fields only.
    @Inject private Settings settings;
    private LoadedApart sdk;

    /** Whoever cannot have spans is served all the same. */
    @Override
    public void contextInitialized(ServletContextEvent event) {
        String collector = settings.collector();
        if (collector.isEmpty()) {
            return;
        }
        try {
            sdk = LoadedApart.of(event.getServletContext());
            Spans.make(sdk.source(collector));
            LOG.info(() -> "Spans go to " + collector);
        } catch (InvocationTargetException e) {
            // Another variable that the SDK reads; it names it.
            LOG.severe(() -> "No spans are made: " + e.getCause().getMessage());
        } catch (IOException | ReflectiveOperationException | LinkageError e) {
            LOG.log(Level.SEVERE, e, () -> "No spans are made: OpenTelemetry cannot be loaded");
        }
    }

    /** An application that is undeployed leaves no thread behind. */
    @Override
    public void contextDestroyed(ServletContextEvent event) {
        Spans.stop();
        if (sdk != null) {
            try {
                sdk.close();
            } catch (IOException e) {
                LOG.log(Level.FINE, e, () -> "A jar of OpenTelemetry stays open");
            }
        }
    }
}
