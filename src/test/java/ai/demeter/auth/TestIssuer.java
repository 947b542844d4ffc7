package ai.demeter.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** An issuer of tokens on loopback, whose keys the test changes and which it takes away. */
public final class TestIssuer implements AutoCloseable {
    public static final String AUDIENCE = "demeter-test";
    public static final String ALL = "demeter.read demeter.write demeter.metrics";

    private final AtomicInteger asked = new AtomicInteger();
    private final List<RSAKey> published = new ArrayList<>();
    private volatile String keys;
    private RSAKey current;
    private HttpServer server;
    private final int port;

    public TestIssuer() throws Exception {
        server = listen(0);
        port = server.getAddress().getPort();
        rotate();
    }

    private HttpServer listen(int at) throws IOException {
        HttpServer listening =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), 0);
        listening.createContext(
                "/",
                exchange -> {
                    boolean described =
                            exchange.getRequestURI().getPath().contains("/.well-known/");
                    if (!described) {
                        asked.incrementAndGet();
                    }
                    byte[] body =
                            (described
                                            ? "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}"
                                                    .formatted(url(), url())
                                            : keys)
                                    .getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        listening.start();
        return listening;
    }

    /** What {@code iss} is. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** How often its keys were read. */
    public int asked() {
        return asked.get();
    }

    /** Publishes a new key beside the others, and signs with it from now on. */
    public void rotate() throws JOSEException {
        current = new RSAKeyGenerator(2048).keyID("key-" + published.size()).generate();
        published.add(current);
        keys = new JWKSet(List.copyOf(published)).toString(true);
    }

    /** Withdraws all keys but the one that it signs with. */
    public void withdrawOld() {
        published.removeIf(key -> key != current);
        keys = new JWKSet(List.copyOf(published)).toString(true);
    }

    public RSAKey key() {
        return current;
    }

    /** What it publishes, as text. */
    public String keys() {
        return keys;
    }

    /** A good token with these scopes. */
    public String token(String scope) throws JOSEException {
        return sign(current, claims().claim("scope", scope).build());
    }

    /** What a good token says, but for scopes. */
    public JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(url())
                .audience(AUDIENCE)
                .subject("alice")
                .issueTime(new Date())
                .expirationTime(Date.from(Instant.now().plusSeconds(600)));
    }

    /** Signs as an issuer does. */
    public static String sign(RSAKey key, JWTClaimsSet claims) throws JOSEException {
        return sign(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .type(new JOSEObjectType("at+jwt"))
                        .keyID(key.getKeyID())
                        .build(),
                key,
                claims);
    }

    static String sign(JWSHeader header, RSAKey key, JWTClaimsSet claims) throws JOSEException {
        SignedJWT token = new SignedJWT(header, claims);
        token.sign(new RSASSASigner(key));
        return token.serialize();
    }

    /** Nothing answers any more. */
    public void goAway() {
        server.stop(0);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
