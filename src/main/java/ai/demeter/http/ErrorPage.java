package ai.demeter.http;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * What the server answers where JAX-RS does not get to, as problems too: paths outside the API, as
 * the default servlet, and what the server itself refuses, as the error page of web.xml.
 */
@WebServlet(urlPatterns = "/")
public class ErrorPage extends HttpServlet {
    private static final long serialVersionUID = 1L;

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
