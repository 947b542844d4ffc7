package ai.demeter.http;

import ai.demeter.events.TimeSpent;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;

/**
 * Says in the answer where its time went (W3C Server Timing), if the request asks for it by {@code
 * Prefer: server-timing} (RFC 7240): the wait for a connection, the database, the rest, in
 * milliseconds until the answer begins to be written.
 */
public class ServerTiming extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final String PREFERENCE = "server-timing";

    @Override
    protected void doFilter(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!isAskedFor(request)) {
            chain.doFilter(request, response);
            return;
        }
        Timed timed = new Timed(response, TimeSpent.begin());
        try {
            chain.doFilter(request, timed);
            timed.say(); // one without a body
        } finally {
            TimeSpent.end();
        }
    }

    private static boolean isAskedFor(HttpServletRequest request) {
        return Collections.list(request.getHeaders("Prefer")).stream()
                .flatMap(header -> Arrays.stream(header.split(",")))
                .anyMatch(preference -> preference.strip().equalsIgnoreCase(PREFERENCE));
    }

    /** Says it when the body begins: the work is done then, and headers can still be added. */
    private static final class Timed extends HttpServletResponseWrapper {
        private final TimeSpent spent;
        private final long began = System.nanoTime();
        private boolean said;

        private Timed(HttpServletResponse response, TimeSpent spent) {
            super(response);
            this.spent = spent;
        }

        private void say() {
            if (!said && !isCommitted()) {
                said = true;
                long rest = System.nanoTime() - began - spent.waiting() - spent.database();
                setHeader(
                        "Server-Timing",
                        String.format(
                                Locale.ROOT,
                                "wait;dur=%.3f, database;dur=%.3f, rest;dur=%.3f",
                                spent.waiting() / 1e6,
                                spent.database() / 1e6,
                                rest / 1e6));
                addHeader("Preference-Applied", PREFERENCE);
            }
        }

        @Override
        public ServletOutputStream getOutputStream() throws IOException {
            say();
            return super.getOutputStream();
        }

        @Override
        public PrintWriter getWriter() throws IOException {
            say();
            return super.getWriter();
        }
    }
}
