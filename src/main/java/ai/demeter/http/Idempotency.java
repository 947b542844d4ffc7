package ai.demeter.http;

import ai.demeter.database.WrittenPosition;
import ai.demeter.idempotency.Answer;
import ai.demeter.idempotency.Attempt;
import ai.demeter.idempotency.KeyedRequest;
import ai.demeter.idempotency.Once;
import ai.demeter.idempotency.Unanswered;
import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * Carries a request that writes and has an {@code Idempotency-Key} out once, however often it is
 * sent: its body is read and its answer kept, so that it can be run again, and answered after the
 * commit only. Costs nothing without the header.
 *
 * <p>The last filter (web.xml): what is behind it is run again, and others would be passed by.
 */
public class Idempotency extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final Set<String> METHODS = Set.of("POST", "PUT", "DELETE");

    /** On an answer that was given before. */
    static final String REPLAYED = "Idempotency-Replayed";

    private static final String FAILURE = Idempotency.class.getName();

    @Inject private transient Once once;
    @Inject private transient Settings settings;
    @Inject private transient WrittenPosition written;

    @Override
    protected void doFilter(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        List<String> keys = Collections.list(request.getHeaders(IdempotencyKey.HEADER));
        if (keys.isEmpty() || !METHODS.contains(request.getMethod())) {
            chain.doFilter(request, response);
            return;
        }
        try {
            if (StreamedBody.isOne(request)) {
                throw ProblemException.invalid(
                        IdempotencyKey.HEADER,
                        "is not for bodies of "
                                + request.getContentType()
                                + ", which are read once and kept nowhere");
            }
            Duration kept = Duration.ofHours(settings.number(Variable.IDEMPOTENCY_HOURS));
            String key = IdempotencyKey.of(keys, Instant.now(), kept);
            byte[] body = request.getInputStream().readAllBytes(); // BodyLimits
            Answer answer =
                    once.answer(
                            KeyedRequest.of(key, request.getMethod(), target(request), body),
                            () -> run(request, body, response, chain));
            if (answer.replayed()) {
                response.setHeader(REPLAYED, "true");
            }
            written.take()
                    .filter(position -> answer.status() < 300)
                    .ifPresent(
                            position ->
                                    response.setHeader(
                                            PositionOfWrite.HEADER, position.toString()));
            BufferedResponse.send(answer, response);
        } catch (Unanswered e) {
            BufferedResponse.send(e.answer(), response);
        } catch (IOException | ServletException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServletException(e);
        } catch (Exception e) {
            Admission.write(ProblemMapper.problem(e), request, response);
        }
    }

    private static String target(HttpServletRequest request) {
        String query = request.getQueryString();
        return query == null ? request.getRequestURI() : request.getRequestURI() + "?" + query;
    }

    private static Attempt run(
            HttpServletRequest request,
            byte[] body,
            HttpServletResponse response,
            FilterChain chain)
            throws IOException, ServletException {
        request.removeAttribute(FAILURE);
        BufferedResponse answer = new BufferedResponse(response);
        chain.doFilter(new BufferedRequest(request, body), answer);
        return new Attempt(answer.answer(), (Throwable) request.getAttribute(FAILURE));
    }

    /** Notes what an answer was made of, so that whoever runs the request knows. */
    static void failed(HttpServletRequest request, Throwable failure) {
        request.setAttribute(FAILURE, failure);
    }
}
