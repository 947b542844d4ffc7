package ai.demeter.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * A body that is read as it arrives, of any length: a line for each of many records, beside {@link
 * Json}, which reads one into memory. It arrives at a minimum rate instead of within a time: at
 * least {@link ArrivingBodies#LEAST_BYTES} in each {@code HTTP_BODY_TIMEOUT} of waiting.
 */
public final class StreamedBody extends FilterInputStream {
    /** JSON objects, one a line (github.com/ndjson/ndjson-spec). */
    public static final String NDJSON = "application/x-ndjson";

    /** RFC 4180, with a header line. */
    public static final String CSV = "text/csv";

    private static final Set<String> TYPES = Set.of(NDJSON, CSV);

    private StreamedBody(InputStream in) {
        super(in);
    }

    /** Whether the body of a request is of a type that is streamed. */
    static boolean isOne(HttpServletRequest request) {
        String type = request.getContentType();
        return type != null
                && TYPES.contains(type.split(";", 2)[0].strip().toLowerCase(java.util.Locale.ROOT));
    }

    /**
     * The body of a request, of which nothing was read yet. A read ends with a {@link
     * ProblemException} if it comes too slowly, breaks off, or is cancelled.
     *
     * @param cancelled asked before each read, and while one waits
     */
    public static InputStream of(HttpServletRequest request, BooleanSupplier cancelled)
            throws IOException {
        BodyStream body = BodyLimits.bodyOf(request);
        if (body == null) {
            return InputStream.nullInputStream();
        }
        body.stream(cancelled);
        return new StreamedBody(body);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            return super.read(bytes, offset, length);
        } catch (IOException e) { // the client's, who reads no answer any more
            throw ProblemException.of(Problem.Kind.MALFORMED, "The body broke off.");
        }
    }
}
