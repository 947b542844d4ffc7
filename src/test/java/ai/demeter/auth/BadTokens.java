package ai.demeter.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Tokens that must not be accepted, by what is wrong with each. */
public final class BadTokens {
    private final Map<String, String> tokens = new LinkedHashMap<>();
    private final TestIssuer issuer;
    private final RSAKey key;

    private BadTokens(TestIssuer issuer) {
        this.issuer = issuer;
        key = issuer.key();
    }

    /** Of tokens that are good but for that. */
    public static Map<String, String> of(TestIssuer issuer) throws Exception {
        BadTokens bad = new BadTokens(issuer);
        bad.signatures();
        bad.otherKeys();
        bad.headers();
        bad.claims();
        bad.noTokens();
        return bad.tokens;
    }

    private JWTClaimsSet.Builder good() {
        return issuer.claims().claim("scope", TestIssuer.ALL);
    }

    private static String encode(String text) {
        return Base64URL.encode(text).toString();
    }

    private void signatures() throws JOSEException {
        String token = issuer.token(TestIssuer.ALL);
        String[] parts = token.split("\\.");
        tokens.put("unsigned", new PlainJWT(good().build()).serialize());
        tokens.put(
                "none with a signature",
                encode("{\"alg\":\"none\"}") + "." + parts[1] + "." + parts[2]);
        tokens.put("None", encode("{\"alg\":\"None\"}") + "." + parts[1] + ".");
        tokens.put("signature left out", parts[0] + "." + parts[1] + ".");
        tokens.put(
                "signature of another token",
                parts[0]
                        + "."
                        + parts[1]
                        + "."
                        + TestIssuer.sign(key, good().subject("bob").build()).split("\\.")[2]);
        tokens.put(
                "another subject under the signature",
                parts[0]
                        + "."
                        + encode(good().subject("root").build().toString())
                        + "."
                        + parts[2]);
        tokens.put(
                "another header over the signature",
                encode("{\"alg\":\"RS256\",\"kid\":\"" + key.getKeyID() + "\",\"x\":1}")
                        + "."
                        + parts[1]
                        + "."
                        + parts[2]);
        char first = parts[2].charAt(0) == 'A' ? 'B' : 'A';
        tokens.put(
                "one bit of the signature",
                parts[0] + "." + parts[1] + "." + first + parts[2].substring(1));
        tokens.put("a character more in the signature that base64 has not", token + "*");
        tokens.put("a signature that is padded", token + "==");
        tokens.put("signature cut short", token.substring(0, token.length() - 8));
        tokens.put(
                "another algorithm than it was signed by",
                encode("{\"alg\":\"PS256\",\"kid\":\"" + key.getKeyID() + "\"}")
                        + "."
                        + parts[1]
                        + "."
                        + parts[2]);
    }

    private void otherKeys() throws JOSEException {
        RSAKey own = new RSAKeyGenerator(2048).keyID(key.getKeyID()).generate();
        tokens.put("another key under a known id", TestIssuer.sign(own, good().build()));
        RSAKey unknown = new RSAKeyGenerator(2048).keyID("own").generate();
        tokens.put("an unknown key", TestIssuer.sign(unknown, good().build()));
        tokens.put(
                "its own key inside",
                TestIssuer.sign(
                        new JWSHeader.Builder(JWSAlgorithm.RS256).jwk(own.toPublicJWK()).build(),
                        own,
                        good().build()));
        tokens.put(
                "the address of its own keys inside",
                TestIssuer.sign(
                        new JWSHeader.Builder(JWSAlgorithm.RS256)
                                .keyID("own")
                                .jwkURL(java.net.URI.create("http://127.0.0.1:1/"))
                                .build(),
                        own,
                        good().build()));
        ECKey curve = new ECKeyGenerator(Curve.P_256).keyID(key.getKeyID()).generate();
        SignedJWT ec =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(),
                        good().build());
        ec.sign(new ECDSASigner(curve));
        tokens.put("a curve's key under a known id", ec.serialize());
        String[] parts = ec.serialize().split("\\.");
        tokens.put(
                "a curve's signature of zeros (CVE-2022-21449)",
                parts[0] + "." + parts[1] + "." + Base64URL.encode(new byte[64]));
        hmac(
                "HMAC with the public key",
                key.toPublicJWK().toString().getBytes(StandardCharsets.UTF_8));
        hmac("HMAC with the encoded public key", key.toRSAPublicKey().getEncoded());
        hmac("HMAC with the modulus", key.getModulus().decode());
    }

    private void hmac(String name, byte[] secret) throws JOSEException {
        SignedJWT token =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(key.getKeyID()).build(),
                        good().build());
        token.sign(new MACSigner(secret));
        tokens.put(name, token.serialize());
    }

    private void headers() throws JOSEException {
        JWSHeader.Builder header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID());
        tokens.put(
                "an id token of another kind",
                TestIssuer.sign(
                        header.type(new JOSEObjectType("logout+jwt")).build(),
                        key,
                        good().build()));
        tokens.put(
                "a critical parameter",
                TestIssuer.sign(
                        new JWSHeader.Builder(JWSAlgorithm.RS256)
                                .keyID(key.getKeyID())
                                .customParam("x", 1)
                                .criticalParams(Set.of("x"))
                                .build(),
                        key,
                        good().build()));
        tokens.put(
                "a header that is no JSON", encode("{") + "." + encode("{}") + "." + encode("x"));
        tokens.put(
                "a header without an algorithm",
                encode("{}") + "." + encode("{}") + "." + encode("x"));
    }

    private void claims() throws JOSEException {
        claim("another issuer", good().issuer("https://evil.example"));
        claim("the issuer with a slash", good().issuer(issuer.url() + "/"));
        claim("no issuer", good().issuer(null));
        claim("another audience", good().audience("other"));
        claim("an audience that only begins so", good().audience(TestIssuer.AUDIENCE + "-2"));
        claim("no audience", good().audience((String) null));
        claim("expired an hour ago", good().expirationTime(in(-3600)));
        claim("expired a minute ago", good().expirationTime(in(-60)));
        claim("no expiry", good().expirationTime(null));
        claim("not valid before an hour", good().notBeforeTime(in(3600)));
        claim("not valid before a minute", good().notBeforeTime(in(60)));
        claim("no subject", good().subject(null));
        claim("a blank subject", good().subject(" "));
        claim("a subject of two lines", good().subject("alice\nroot"));
        claim("a subject of 256 characters", good().subject("a".repeat(256)));
        claim("longer than is taken", good().claim("x", "x".repeat(JwtCheck.LONGEST)));
    }

    private void claim(String name, JWTClaimsSet.Builder claims) throws JOSEException {
        tokens.put(name, TestIssuer.sign(key, claims.build()));
    }

    private static Date in(int seconds) {
        return Date.from(Instant.now().plusSeconds(seconds));
    }

    private void noTokens() {
        tokens.put("a word", "abc");
        tokens.put("two points and nothing", "..");
        tokens.put("four parts", "a.b.c.d");
        tokens.put("five parts, as of an encrypted one", "a.b.c.d.e");
        tokens.put("nested a thousand times", encode("{\"alg\":" + "[".repeat(3000)) + ".e30.eA");
    }
}
