package ai.demeter.http;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * What the server answers where JAX-RS does not get to, as problems too: paths outside the API, as
 * the default servlet, and what the server itself refuses, as the error page of web.xml.
 */
@WebServlet(urlPatterns = "/")
public class ErrorPage extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /**
     * Payara logs two stack traces for a problem whose client has gone, and a client may go with
     * hundreds of requests unanswered. Held, because the log manager does not hold them.
     */
    private static final List<Logger> OF_PAYARA =
            List.of(
                    Logger.getLogger("jakarta.enterprise.web"),
                    Logger.getLogger("jakarta.enterprise.web.core"));

    static {
        OF_PAYARA.forEach(logger -> logger.setFilter(line -> !isOfOneGone(line)));
    }

    /** What the container logs has its trace in the text; the last comes of a page of its own. */
    private static boolean isOfOneGone(LogRecord line) {
        String text = String.valueOf(line.getMessage());
        Throwable thrown = line.getThrown();
        return thrown instanceof IOException
                || text.contains("ErrorPage[") && text.contains("java.io.IOException: ")
                || thrown instanceof IllegalStateException
                        && String.valueOf(thrown.getMessage()).startsWith("getOutputStream()");
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        Problem problem = ProblemMapper.ofStatus(status instanceof Integer code ? code : 404);
        Admission.write(
                problem,
                new HttpServletRequestWrapper(request) {
                    @Override
                    public String getRequestURI() {
                        return path == null ? super.getRequestURI() : path.toString();
                    }
                },
                response);
    }
}
