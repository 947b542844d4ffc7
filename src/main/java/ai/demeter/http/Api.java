package ai.demeter.http;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Components;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Everything under {@code /api}. */
@ApplicationPath("api")
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Demeter",
                        version = "1.0",
                        description =
                                "The data foundation of DemeterAI. Errors are application/problem+json (RFC 9457);"
                                        + " their type is urn:demeter:problem:<name>."
                                        + " Every answer has an X-Request-Id: the request's own, or a new one."),
        components =
                @Components(schemas = @Schema(name = "Problem", implementation = Problem.class)))
public class Api extends Application {
    /** What writes the answers on Payara, kept as it is set here. */
    private static final Logger RESPONDER =
            Logger.getLogger("org.glassfish.jersey.server.ServerRuntime$Responder");

    static {
        // It has two stack traces for each client that goes away, or does not read its answer.
        RESPONDER.setFilter(line -> !isOfClient(line.getThrown()));
    }

    private static boolean isOfClient(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(IOException.class::isInstance);
    }

    @Override
    public Map<String, Object> getProperties() {
        // Jersey (Payara) only: it would describe the API a second time, at /api/application.wadl;
        // and it would choose between Json and JSON providers of its own (JSON-B, MOXy, Jackson),
        // which each give way to a feature of another name, by the order in which it finds them.
        return Map.of(
                "jersey.config.server.wadl.disableWadl",
                true,
                "jersey.config.jsonFeature",
                Json.class.getSimpleName());
    }
}
