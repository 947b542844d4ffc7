package ai.demeter.http;

import ai.demeter.metrics.Metrics;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Set;

/**
 * The metrics, for Prometheus to scrape. A servlet, because it is no part of the API: it takes no
 * turn, touches neither pool nor database, and answers whatever state they are in.
 */
@WebServlet(urlPatterns = MetricsEndpoint.PATH)
public class MetricsEndpoint extends HttpServlet {
    private static final long serialVersionUID = 1L;

    static final String PATH = "/api/metrics";

    private static final Set<String> WITHOUT_DATABASE = Set.of(PATH, "/api/status");

    /**
     * Whether a request is for those who look after the service: answered in any state of the
     * database, and not counted among the requests to the API.
     */
    static boolean needsNoDatabase(HttpServletRequest request) {
        return WITHOUT_DATABASE.contains(request.getServletPath());
    }

    static boolean isAskedBy(HttpServletRequest request) {
        return PATH.equals(request.getServletPath());
    }

    private static String mediaType(String accept) {
        return accept != null && accept.contains("application/openmetrics-text")
                ? Metrics.OPEN_METRICS
                : Metrics.TEXT;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
            response.setHeader("Allow", "GET, HEAD");
            response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
            return;
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        String mediaType = mediaType(request.getHeader("Accept"));
        Metrics.scrape(body, mediaType);
        response.setContentType(mediaType);
        response.setHeader("Vary", "Accept");
        response.setContentLength(body.size());
        body.writeTo(response.getOutputStream());
    }
}
