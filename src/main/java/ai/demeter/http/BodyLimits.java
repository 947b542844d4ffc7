package ai.demeter.http;

import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * What the body of a request may take (docs/guarantees.md): 8 MiB, announced or not; {@code
 * HTTP_BODY_TIMEOUT} until it has arrived; and, with all others that are arriving, a part of the
 * server's threads. Whoever reads a body meets these limits in its {@link BodyStream}; a request
 * without one is let through. A resource lifts the first two for a {@link StreamedBody}.
 */
public class BodyLimits extends HttpFilter {
    private static final long serialVersionUID = 1L;
    static final long MOST_BYTES = 8L << 20;
    private static final String ATTRIBUTE = BodyLimits.class.getName();

    // A filter is made by the server, which injects into fields only.
    @Inject private transient ArrivingBodies arriving;
    private final transient Framing framing = new Framing();

    @Override
    protected void doFilter(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        boolean ambiguous = framing.isAmbiguous(request);
        String length = request.getHeader("Content-Length");
        boolean chunked = ambiguous || request.getHeader("Transfer-Encoding") != null;
        if (length == null && !chunked || "0".equals(length) && !chunked) {
            chain.doFilter(request, response);
            return;
        }
        long announced = length == null ? -1 : announced(length);
        Limited limited = new Limited(request, announced);
        try {
            if (ambiguous) {
                limited.getInputStream().refuse();
                response.setHeader("Connection", "close");
                Admission.write(
                        Problem.of(
                                Problem.Kind.MALFORMED,
                                "A request has either Content-Length or Transfer-Encoding, which is chunked."),
                        request,
                        response);
            } else if (announced > MOST_BYTES && !StreamedBody.isOne(request)) {
                Admission.write(tooLarge(), request, response);
            } else {
                chain.doFilter(limited, response);
            }
        } finally {
            limited.finish(response);
        }
    }

    /** The body of a request within its limits; null if it has none. */
    static BodyStream bodyOf(HttpServletRequest request) throws IOException {
        return request.getAttribute(ATTRIBUTE) instanceof Limited limited
                ? limited.getInputStream()
                : null;
    }

    static Problem tooLarge() {
        return Problem.of(
                Problem.Kind.PAYLOAD_TOO_LARGE,
                "A body may have at most " + MOST_BYTES + " bytes.");
    }

    private static long announced(String length) {
        try {
            return Long.parseLong(length.strip());
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    /** A request whose body is limited. */
    private final class Limited extends HttpServletRequestWrapper {
        private final long announced;
        private BodyStream body;

        private Limited(HttpServletRequest request, long announced) {
            super(request);
            this.announced = announced;
            request.setAttribute(ATTRIBUTE, this);
        }

        @Override
        public BodyStream getInputStream() throws IOException {
            if (body == null) {
                body = new BodyStream(super.getInputStream(), announced, arriving.next());
            }
            return body;
        }

        @Override
        public BufferedReader getReader() throws IOException {
            return new BufferedReader(
                    new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
        }

        /** Of a body that nobody asked for as well. */
        private void finish(HttpServletResponse response) throws IOException {
            getInputStream();
            body.finish(response);
        }
    }
}
