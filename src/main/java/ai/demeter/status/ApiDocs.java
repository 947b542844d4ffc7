package ai.demeter.status;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;

/** The API to read and to try in a browser: Swagger UI on the description at {@code /openapi}. */
@WebServlet(urlPatterns = "/api-docs/*")
public class ApiDocs extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** Swagger UI sets styles of elements and has its pictures within its styles. */
    private static final String POLICY =
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private transient Map<String, StaticFile> files;

    @Override
    public void init() {
        files = StaticFile.below("/api-docs/", getServletContext());
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (StaticFile.isRead(request, response)) {
            String path = request.getPathInfo();
            StaticFile.send(
                    files.get(path == null || path.equals("/") ? "/index.html" : path),
                    POLICY,
                    request,
                    response);
        }
    }
}
