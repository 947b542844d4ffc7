package ai.demeter.http;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.zip.GZIPOutputStream;

/**
 * Answers of any length, sent a part at a time: only one part is in memory, and nothing but a
 * thread is held while its client reads. One that does not read a piece within {@code
 * HTTP_BODY_TIMEOUT} is cut off, and no more than a few are sent at once.
 */
@ApplicationScoped
public class StreamedAnswers {
    /** Sent at once; each has a thread of the server. */
    static final int MOST = 10;

    private static final int PIECE = 64 << 10;

    private final Semaphore permits = new Semaphore(MOST);
    private final ArrivingBodies clients;

    /** For the proxy of CDI. */
    protected StreamedAnswers() {
        clients = null;
    }

    @Inject
    StreamedAnswers(ArrivingBodies clients) {
        this.clients = clients;
    }

    /** What an answer consists of, one part after the other. */
    @FunctionalInterface
    public interface Parts {
        /**
         * The next one; null after the last.
         *
         * @throws Exception if there is one, and it cannot be had
         */
        byte[] next() throws Exception;
    }

    /**
     * 200 with what there is, compressed where the client asks for it. The first part is fetched
     * here, so that its failure is still answered as a problem.
     *
     * @param acceptEncoding of the request; null if it has none
     * @throws ProblemException {@code overloaded} if as many as may are being sent
     * @throws Exception what the first part failed with
     */
    public Response of(String mediaType, String acceptEncoding, Parts parts) throws Exception {
        if (permits.availablePermits() == 0) {
            throw ProblemException.overloaded(
                    "As many long answers as may are being sent; ask again later.");
        }
        byte[] first = parts.next();
        boolean gzip = takesGzip(acceptEncoding);
        StreamingOutput body = out -> send(first, parts, out, gzip);
        Response.ResponseBuilder answer =
                Response.ok(body, mediaType).header(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
        return gzip ? answer.header(HttpHeaders.CONTENT_ENCODING, "gzip").build() : answer.build();
    }

    /**
     * Sends all parts. Where one cannot be had the last line is a {@link Problem}: both servers end
     * an answer that breaks off as if it were whole.
     */
    void send(byte[] first, Parts parts, OutputStream client, boolean gzip) throws IOException {
        permits.acquireUninterruptibly(); // there was one a moment ago
        try {
            OutputStream out = new Watched(client);
            if (gzip) {
                out = new GZIPOutputStream(out, PIECE);
            }
            for (byte[] part = first; part != null; part = nextOrProblem(parts, out)) {
                out.write(part);
            }
            if (out instanceof GZIPOutputStream compressed) {
                compressed.finish();
            }
        } finally {
            permits.release();
        }
    }

    private static byte[] nextOrProblem(Parts parts, OutputStream out) throws IOException {
        try {
            return parts.next();
        } catch (Exception e) {
            out.write(Json.bytes(ProblemMapper.problem(e)));
            out.write('\n');
            return null;
        }
    }

    /** RFC 9110, section 12.5.3: named, and not with a weight of zero. */
    static boolean takesGzip(String acceptEncoding) {
        return acceptEncoding != null
                && Arrays.stream(acceptEncoding.toLowerCase(java.util.Locale.ROOT).split(","))
                        .map(coding -> coding.replaceAll("\\s", ""))
                        .anyMatch(coding -> coding.matches("gzip(;q=(?!0(\\.0*)?$).*)?"));
    }

    /** Each piece within the time in which a body has to arrive. */
    private final class Watched extends OutputStream {
        private final OutputStream client;

        private Watched(OutputStream client) {
            this.client = client;
        }

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            for (int done = 0; done < length; done += PIECE) {
                int from = offset + done;
                int piece = Math.min(PIECE, length - done);
                clients.next()
                        .await(
                                () -> {
                                    client.write(bytes, from, piece);
                                    return piece;
                                });
            }
        }
    }
}
