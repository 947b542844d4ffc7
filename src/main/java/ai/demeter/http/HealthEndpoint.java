package ai.demeter.http;

import ai.demeter.health.HealthReport;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.stream.Stream;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/**
 * MicroProfile Health 4.0 over HTTP: {@code /health} and below. Payara and WildFly would each serve
 * it in a way of its own, WildFly on a port of its own (docs/decisions/health.md).
 */
@WebServlet(urlPatterns = "/health/*")
public class HealthEndpoint extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Inject @Liveness private transient Instance<HealthCheck> liveness;
    @Inject @Readiness private transient Instance<HealthCheck> readiness;
    @Inject @Startup private transient Instance<HealthCheck> startup;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
            response.setHeader("Allow", "GET, HEAD");
            response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
            return;
        }
        Stream<HealthCheck> checks = checks(request.getPathInfo());
        if (checks == null) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        HealthReport report = HealthReport.of(checks);
        byte[] body = Json.bytes(report);
        response.setStatus(report.isUp() ? 200 : 503);
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store"); // a cached state is no state
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    /** The checks that a path below {@code /health} asks for; null if there is no such path. */
    private Stream<HealthCheck> checks(String path) {
        return switch (path == null ? "/" : path) {
            case "/" -> Stream.of(liveness, readiness, startup).flatMap(kind -> kind.stream());
            case "/live" -> liveness.stream();
            case "/ready" -> readiness.stream();
            case "/started" -> startup.stream();
            default -> null;
        };
    }
}
