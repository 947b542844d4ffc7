package ai.demeter.http;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.function.BooleanSupplier;

/**
 * The body of a request within the limits of {@link BodyLimits}: a read that would exceed one ends
 * with a {@link ProblemException}.
 *
 * <p>What the server has received already is read as it is: only who has to wait for more counts as
 * arriving, so that a body that comes in one piece is taken however many others are slow.
 */
final class BodyStream extends ServletInputStream {
    private final ServletInputStream in;
    private final ArrivingBodies.Arrival arrival;

    /** Bytes that were announced and not read yet; negative if none were announced. */
    private long missing;

    private long allowed = BodyLimits.MOST_BYTES;
    private boolean refused;
    private boolean streamed;
    private BooleanSupplier cancelled = () -> false;

    BodyStream(ServletInputStream in, long announced, ArrivingBodies.Arrival arrival) {
        this.in = in;
        this.missing = announced;
        this.arrival = arrival;
    }

    /**
     * Lifts the limits of what is read into memory: any number of bytes, at a rate of its own
     * ({@link ArrivingBodies}), until somebody cancels it.
     */
    void stream(BooleanSupplier toEnd) {
        streamed = true;
        cancelled = toEnd;
        allowed = Long.MAX_VALUE;
        arrival.streams(toEnd);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (cancelled.getAsBoolean()) {
            throw refuse(Problem.of(Problem.Kind.CANCELLED, "Nothing of it is stored."));
        }
        if (missing > allowed && !refused) {
            throw refuse(BodyLimits.tooLarge());
        }
        if (isOver()) {
            arrival.leave();
            return -1;
        }
        int read =
                in.available() > 0 ? in.read(bytes, offset, length) : await(bytes, offset, length);
        if (read > 0) {
            missing -= read;
            allowed -= read;
            if (streamed) {
                arrival.arrived(read);
            }
        }
        if (allowed < 0) {
            throw refuse(BodyLimits.tooLarge());
        }
        if (read < 0 && missing > 0) {
            throw new EOFException("the body ends before its Content-Length");
        }
        if (read < 0 || missing == 0) {
            arrival.leave();
        }
        return read;
    }

    private int await(byte[] bytes, int offset, int length) throws IOException {
        if (!arrival.enter()) {
            throw refuse(
                    Problem.of(
                            Problem.Kind.OVERLOADED,
                            "Too many bodies are arriving slowly; send it again later."));
        }
        try {
            return arrival.await(() -> in.read(bytes, offset, length));
        } catch (InterruptedIOException e) {
            if (cancelled.getAsBoolean()) {
                throw refuse(Problem.of(Problem.Kind.CANCELLED, "Nothing of it is stored."));
            }
            throw refuse(Problem.of(Problem.Kind.REQUEST_TIMEOUT, e.getMessage()));
        }
    }

    private ProblemException refuse(Problem problem) {
        refused = true;
        return ProblemException.of(problem.kind(), problem.detail());
    }

    /** Refuses it before anything of it was read: nobody knows where it ends. */
    void refuse() {
        refused = true;
    }

    /**
     * Takes the rest, which nobody wants, within the same limits once more: a client that is cut
     * off while it sends may not read its answer (RFC 9112, section 9.6). Of a body that exceeded
     * one it is taken as it comes, and hardly waited for. What is more than that is left.
     *
     * @param response sent before anything is waited for
     */
    void finish(HttpServletResponse response) {
        cancelled = () -> false;
        streamed = false;
        try {
            if (refused || missing > BodyLimits.MOST_BYTES) {
                refused = true;
                arrival.linger();
                lastAnswer(response);
            }
            allowed = BodyLimits.MOST_BYTES;
            takeRest(response);
        } catch (ProblemException e) {
            // It is refused.
        } catch (IOException e) {
            // The client is gone.
        }
        try {
            if (refused) {
                lastAnswer(response);
                leaveTheRest();
            }
        } catch (IOException e) {
            leaveTheRest(); // gone as well
        } finally {
            arrival.leave();
        }
    }

    private void takeRest(HttpServletResponse response) throws IOException {
        byte[] unwanted = new byte[8192];
        int read = 0;
        while (read >= 0 && !isOver()) {
            if (in.available() == 0) {
                response.flushBuffer();
            }
            read = read(unwanted, 0, unwanted.length);
        }
    }

    private static void lastAnswer(HttpServletResponse response) throws IOException {
        response.setHeader("Connection", "close");
        response.flushBuffer();
    }

    /**
     * Undertow would wait for it, as long as the client likes, where it closes the stream
     * (ServletInputStreamImpl.close). An interrupted thread takes what is there, and waits for
     * nothing.
     */
    private void leaveTheRest() {
        Thread.currentThread().interrupt();
        try {
            in.close();
        } catch (IOException e) {
            // There is no more to read, which is all that is wanted.
        } finally {
            Thread.interrupted();
            InterruptedWait.forget();
        }
    }

    /**
     * Whether all was read. Undertow knows after it was asked what is available, and Payara says so
     * when all was received.
     */
    private boolean isOver() throws IOException {
        return missing == 0 || in.available() == 0 && in.isFinished();
    }

    @Override
    public int available() throws IOException {
        return missing == 0 ? 0 : in.available();
    }

    @Override
    public boolean isFinished() {
        try {
            return isOver();
        } catch (IOException e) {
            return false; // the next read says so
        }
    }

    @Override
    public boolean isReady() {
        return in.isReady();
    }

    /** Nobody reads so here; a listener would pass the limits by. */
    @Override
    public void setReadListener(ReadListener listener) {
        throw new UnsupportedOperationException();
    }

    /** Who reads is done with it; what is left is {@link #finish}'s business. */
    @Override
    public void close() {}
}
