package ai.demeter.status;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * The status as JSON: everything that the page shows, and with {@code after}, the number of a
 * sample, only the samples and events after it. Who accepts {@code text/event-stream} is sent it
 * again with each sample (WHATWG, "Server-sent events").
 */
@WebServlet(urlPatterns = "/api/status", asyncSupported = true)
public class StatusEndpoint extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Inject private transient StatusText text;
    @Inject private transient Watchers watchers;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (!StatusPage.isServed(request, response)) {
            return;
        }
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("Vary", "Accept");
        long after = number(request.getParameter("after"), -1);
        if (request.getMethod().equals("GET") && Watchers.isOne(request)) {
            // What an EventSource has seen before its connection was cut.
            watchers.add(request, response, number(request.getHeader("Last-Event-ID"), after));
            return;
        }
        byte[] json = text.since(after).json();
        response.setContentType("application/json");
        response.setContentLength(json.length);
        response.getOutputStream().write(json);
    }

    private static long number(String text, long otherwise) {
        return text != null && text.matches("\\d{1,18}") ? Long.parseLong(text) : otherwise;
    }
}
