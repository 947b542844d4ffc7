package ai.demeter.http;

import ai.demeter.metrics.Metrics;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * The metrics, for Prometheus to scrape. A servlet, because it is no part of the API: it takes no
 * turn, touches neither pool nor database, and answers whatever state they are in.
 */
@WebServlet(urlPatterns = MetricsEndpoint.PATH)
public class MetricsEndpoint extends HttpServlet {
    private static final long serialVersionUID = 1L;

    static final String PATH = "/api/metrics";

    /** The text format of Prometheus, as its documentation names it ("Exposition formats"). */
    private static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    static boolean isAskedBy(HttpServletRequest request) {
        return PATH.equals(request.getServletPath());
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
        Metrics.scrape(body);
        response.setContentType(MEDIA_TYPE);
        response.setContentLength(body.size());
        body.writeTo(response.getOutputStream());
    }
}
