package ai.demeter.status;

import ai.demeter.connection.CompositionRoot;
import ai.demeter.settings.Variable;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;

/**
 * The page at {@code /} and what it is made of, below {@code /page/}.
 *
 * <p>Not the server's own servlet for files: that is replaced, so that a path which does not exist
 * is answered with a problem.
 */
@WebServlet(urlPatterns = {"", "/page/*"})
public class StatusPage extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** Nothing from elsewhere, nothing inline, in no other page's frame. */
    private static final String POLICY =
            "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private transient Map<String, StaticFile> files;

    @Override
    public void init() {
        files = StaticFile.below("/page/", getServletContext());
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (!isServed(request, response)) {
            return;
        }
        String path = request.getPathInfo();
        // What the pattern for the root leaves as path differs from server to server.
        boolean root = path == null || path.equals("/") && request.getServletPath().isEmpty();
        StaticFile.send(files.get(root ? "/index.html" : path), POLICY, request, response);
    }

    /** Whether the request is to be answered; if not, it has been. */
    static boolean isServed(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (!CompositionRoot.ofProcess().settings().flag(Variable.STATUS_PAGE)) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return false;
        }
        return StaticFile.isRead(request, response);
    }
}
