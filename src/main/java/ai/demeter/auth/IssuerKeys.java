package ai.demeter.auth;

import ai.demeter.settings.TokenIssuer;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads the issuer's keys (RFC 7517, section 5) where {@code AUTH_JWKS} says, or where the issuer's
 * own description does (OpenID Connect Discovery 1.0, section 4).
 */
final class IssuerKeys implements Callable<JWKSet> {
    /** For each of the at most two answers. */
    private static final Duration PATIENCE = Duration.ofMillis(1_800);

    private final TokenIssuer issuer;
    private HttpClient client;

    IssuerKeys(TokenIssuer issuer) {
        this.issuer = issuer;
    }

    @Override
    public JWKSet call() throws IOException, ParseException, InterruptedException {
        Path file = issuer.file();
        if (file != null) {
            return JWKSet.parse(Files.readString(file));
        }
        return JWKSet.parse(get(issuer.jwks() == null ? described() : URI.create(issuer.jwks())));
    }

    private URI described() throws IOException, ParseException, InterruptedException {
        Map<String, Object> description =
                JSONObjectUtils.parse(
                        get(
                                URI.create(
                                        issuer.issuer().replaceFirst("/$", "")
                                                + "/.well-known/openid-configuration")));
        if (!issuer.issuer().equals(description.get("issuer"))) {
            throw new IOException("the issuer calls itself " + description.get("issuer"));
        }
        return JSONObjectUtils.getURI(description, "jwks_uri");
    }

    private String get(URI uri) throws IOException, InterruptedException {
        if (client == null) {
            client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
        }
        CompletableFuture<HttpResponse<String>> asked =
                client.sendAsync(
                        HttpRequest.newBuilder(uri).header("Accept", "application/json").build(),
                        HttpResponse.BodyHandlers.ofString());
        try {
            // Until the last byte, which the request's own timeout does not cover.
            HttpResponse<String> answer = asked.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (answer.statusCode() != 200) {
                throw new IOException(uri + " answers " + answer.statusCode());
            }
            return answer.body();
        } catch (TimeoutException e) {
            asked.cancel(true);
            throw new IOException(
                    uri + " does not answer within " + PATIENCE.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw new IOException(uri + ": " + e.getCause(), e);
        }
    }
}
