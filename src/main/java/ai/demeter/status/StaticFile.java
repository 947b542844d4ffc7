package ai.demeter.status;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/** A file of the WAR, kept in memory: there are few, and they are small. */
final class StaticFile {
    private static final Map<String, String> TYPES =
            Map.of(
                    "html", "text/html;charset=utf-8",
                    "css", "text/css;charset=utf-8",
                    "js", "text/javascript;charset=utf-8",
                    "md", "text/markdown;charset=utf-8",
                    "svg", "image/svg+xml");

    private final String type;
    private final byte[] content;
    private final String etag;

    private StaticFile(String type, byte[] content) {
        this.type = type;
        this.content = content;
        etag = '"' + digest(content) + '"';
    }

    /**
     * All files directly below a folder of the WAR, by their path in it.
     *
     * @throws UncheckedIOException if one cannot be read
     */
    static Map<String, StaticFile> below(String folder, ServletContext war) {
        Map<String, StaticFile> files = new HashMap<>();
        Set<String> paths = war.getResourcePaths(folder);
        for (String path : paths == null ? Set.<String>of() : paths) {
            String type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
            if (type != null) {
                try (InputStream in = war.getResourceAsStream(path)) {
                    files.put(
                            path.substring(folder.length() - 1),
                            new StaticFile(type, in.readAllBytes()));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        return files;
    }

    /** Whether the method only reads; if not, the request has been answered: 405. */
    static boolean isRead(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (request.getMethod().equals("GET") || request.getMethod().equals("HEAD")) {
            return true;
        }
        response.setHeader("Allow", "GET, HEAD");
        response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
        return false;
    }

    /** Sends a file, or 304 if the client has it already, or 404 if there is none (null). */
    static void send(
            StaticFile file,
            String policy,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        if (file == null) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
        } else {
            file.send(policy, request, response);
        }
    }

    /** RFC 9110, section 13.1.2. */
    private void send(String policy, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setHeader("Content-Security-Policy", policy);
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cache-Control", "no-cache"); // asked for each time, sent when changed
        response.setHeader("ETag", etag);
        String known = request.getHeader("If-None-Match");
        if (known != null && known.contains(etag)) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        response.setContentType(type);
        response.setContentLength(content.length);
        response.getOutputStream().write(content);
    }

    private static String digest(byte[] content) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // each JDK has it (java.security.MessageDigest)
        }
    }
}
