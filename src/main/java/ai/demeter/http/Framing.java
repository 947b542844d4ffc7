package ai.demeter.http;

import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Field;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Where the body of a request ends. A request that says so in two ways, or in one that not everyone
 * knows, ends at another place for a balancer than for the server, and what follows it is a request
 * that nobody sent (RFC 9112, sections 6.1, 6.3 and 11.2; issue 12). It is refused, and nothing
 * that comes after it on its connection is read.
 */
final class Framing {
    /** Connections remembered: what follows is handled next, so the latest would do. */
    private static final int MOST = 1_000;

    private static final Pattern LENGTH =
            Pattern.compile("^content-length[ \t]*:", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

    private final Map<String, Boolean> refused =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                    return size() > MOST;
                }
            };

    /** Almost always false, and then no request asks for its connection. */
    private volatile boolean any;

    /** Whether a request is one of these, or follows one. */
    boolean isAmbiguous(HttpServletRequest request) {
        if (any && isRefused(request.getServletConnection().getConnectionId())) {
            return true;
        }
        if (request.getHeader("Transfer-Encoding") == null) {
            return false;
        }
        if (isChunkedAlone(request) && !hasHiddenLength(request)) {
            return false;
        }
        refuse(request.getServletConnection().getConnectionId());
        return true;
    }

    private static boolean isChunkedAlone(HttpServletRequest request) {
        List<String> encodings = Collections.list(request.getHeaders("Transfer-Encoding"));
        return encodings.size() == 1
                && encodings.get(0).strip().equalsIgnoreCase("chunked")
                && request.getHeader("Content-Length") == null;
    }

    private synchronized boolean isRefused(String connection) {
        return refused.containsKey(connection);
    }

    private synchronized void refuse(String connection) {
        refused.put(connection, Boolean.TRUE);
        any = true;
    }

    /**
     * Payara removes the length of a request that is chunked (Grizzly's {@code
     * HttpHeader.setChunked}), and goes on to serve what follows it even though the connection is
     * closed. What it keeps is the bytes that the headers came in.
     */
    private static boolean hasHiddenLength(HttpServletRequest request) {
        Object servers = request;
        while (servers instanceof ServletRequestWrapper wrapper) {
            servers = wrapper.getRequest();
        }
        try {
            Object catalina = call(servers, "getUnwrappedCoyoteRequest");
            Object packet = call(call(catalina, "getCoyoteRequest"), "getRequest");
            return LENGTH.matcher(headers(packet)).find();
        } catch (NoSuchMethodException e) {
            return false; // another server, which hides nothing
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Payara does not show the headers of a request", e);
        }
    }

    private static Object call(Object on, String method) throws ReflectiveOperationException {
        return on.getClass().getMethod(method).invoke(on);
    }

    private static String headers(Object packet) throws ReflectiveOperationException {
        Class<?> header = packet.getClass();
        while (!header.getSimpleName().equals("HttpHeader")) {
            header = header.getSuperclass();
        }
        Field bytes = header.getDeclaredField("headerBuffer");
        bytes.setAccessible(true);
        Object buffer = bytes.get(packet);
        Class<?> type = bytes.getType();
        int end = (int) type.getMethod("limit").invoke(buffer);
        return (String)
                type.getMethod("toStringContent", Charset.class, int.class, int.class)
                        .invoke(buffer, StandardCharsets.ISO_8859_1, 0, end);
    }
}
