package ai.demeter.http;

import ai.demeter.auth.Caller;
import ai.demeter.auth.InvalidToken;
import ai.demeter.auth.Token;
import ai.demeter.auth.Token.Permission;
import ai.demeter.auth.Tokens;
import ai.demeter.metrics.Rehearsal;
import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/**
 * Lets into the API, with {@code AUTH_ISSUER}, who brings a token that allows what is asked (RFC
 * 6750), and answers the others, before anything else is done for them. Who writes is logged.
 */
public class BearerTokens extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = Logger.getLogger(BearerTokens.class.getName());

    private static final String CHALLENGE = "Bearer realm=\"demeter\"";

    /** Of any case (RFC 9110, section 11.1), then at least one blank (RFC 6750, section 2.1). */
    private static final String SCHEME = "Bearer";

    /** RFC 6750, section 2.3: it would stand in logs and histories, so it is never taken. */
    private static final Pattern IN_QUERY = Pattern.compile("(?:^|&)access_token(?:=|&|$)");

    /** What changes nothing (RFC 9110, section 9.2.1); any other word may write. */
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    @Inject private transient Tokens tokens;
    private final boolean metricsToo = Settings.current().flag(Variable.METRICS_AUTH);

    @Override
    protected void doFilter(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        boolean observes = MetricsEndpoint.needsNoDatabase(request);
        boolean openMetrics = MetricsEndpoint.isAskedBy(request) && !metricsToo;
        if (!tokens.areAskedFor() || openMetrics || Rehearsal.isUnderWay()) {
            chain.doFilter(request, response);
            return;
        }
        response.setHeader("Cache-Control", "no-store"); // it is for whoever has this token
        boolean writes = !SAFE.contains(request.getMethod());
        Permission needed =
                observes ? Permission.METRICS : writes ? Permission.WRITE : Permission.READ;
        try {
            String given = given(request);
            if (given == null) {
                refuse(
                        Problem.Kind.UNAUTHORIZED,
                        "Authorization: Bearer is required.",
                        CHALLENGE,
                        request,
                        response);
                return;
            }
            Token token = tokens.check(given);
            if (!token.allows(needed)) {
                String challenge =
                        CHALLENGE
                                + ", error=\"insufficient_scope\", scope=\""
                                + needed.scope()
                                + "\"";
                refuse(
                        Problem.Kind.FORBIDDEN,
                        "This needs the scope or role " + needed.scope() + ".",
                        challenge,
                        request,
                        response);
                return;
            }
            serve(token, writes, request, response, chain);
        } catch (InvalidToken e) {
            refuse(
                    Problem.Kind.UNAUTHORIZED,
                    e.getMessage() + ".",
                    CHALLENGE
                            + ", error=\"invalid_token\", error_description=\""
                            + e.getMessage()
                            + "\"",
                    request,
                    response);
        }
    }

    /**
     * The token of a request; null if it has none.
     *
     * @throws InvalidToken if it comes in more than one way, or in one that is not taken
     */
    private static String given(HttpServletRequest request) throws InvalidToken {
        List<String> headers = Collections.list(request.getHeaders("Authorization"));
        String query = request.getQueryString();
        if (headers.size() > 1 || query != null && IN_QUERY.matcher(query).find()) {
            throw new InvalidToken(
                    "A token is taken from one Authorization header and nowhere else");
        }
        if (headers.isEmpty()
                || !headers.get(0).regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return null;
        }
        String credentials = headers.get(0).substring(SCHEME.length());
        if (!credentials.startsWith(" ")) {
            throw new InvalidToken("The Authorization header is not a bearer token");
        }
        return credentials.strip();
    }

    private static void serve(
            Token token,
            boolean writes,
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain)
            throws IOException, ServletException {
        Caller.enter(token.subject());
        try {
            chain.doFilter(request, response);
        } finally {
            Caller.leave();
            if (writes) {
                LOG.info(
                        () ->
                                request.getMethod()
                                        + " "
                                        + request.getRequestURI()
                                        + " by "
                                        + token.subject()
                                        + ": "
                                        + response.getStatus());
            }
        }
    }

    private static void refuse(
            Problem.Kind kind,
            String detail,
            String challenge,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        response.setHeader("WWW-Authenticate", challenge);
        Admission.write(Problem.of(kind, detail), request, response);
    }
}
