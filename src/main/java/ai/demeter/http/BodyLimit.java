package ai.demeter.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.ext.Provider;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Refuses bodies over 8 MiB (docs/guarantees.md), announced or not, before more of them is read.
 */
@Provider
@PreMatching
public class BodyLimit implements ContainerRequestFilter {
    static final long MOST_BYTES = 8L << 20;

    @Override
    public void filter(ContainerRequestContext request) {
        String length = request.getHeaderString(HttpHeaders.CONTENT_LENGTH);
        if (length != null && announced(length) > MOST_BYTES) {
            throw ProblemException.of(Problem.Kind.PAYLOAD_TOO_LARGE, tooLarge().detail());
        }
        request.setEntityStream(new Limited(request.getEntityStream()));
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

    /** Counts, as a chunked body announces no length. */
    private static final class Limited extends FilterInputStream {
        private long left = MOST_BYTES;

        private Limited(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            count(Math.max(read, 0));
            return read;
        }

        private void count(int read) {
            left -= read;
            if (left < 0) {
                throw ProblemException.of(Problem.Kind.PAYLOAD_TOO_LARGE, tooLarge().detail());
            }
        }
    }
}
