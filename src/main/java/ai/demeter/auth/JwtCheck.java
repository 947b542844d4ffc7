package ai.demeter.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Checks one token, as RFC 9068, section 4, and RFC 8725 have it. */
final class JwtCheck {
    /** Bytes: no issuer's token is longer, and it has to fit into the servers' headers. */
    static final int LONGEST = 8192;

    /** By how much clocks may differ. */
    static final Duration TOLERANCE = Duration.ofSeconds(30);

    /**
     * Three parts of base64url without padding (RFC 7515, section 3.1): the library passes over
     * other characters, so that one signature would have many spellings.
     */
    private static final Pattern COMPACT = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+){2}");

    private static final int LONGEST_SUBJECT = 255; // OpenID Connect Core, section 2

    /** Signatures by a private key alone: neither {@code none} nor HMAC (RFC 8725, section 3.1). */
    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(
                    JWSAlgorithm.RS256,
                    JWSAlgorithm.RS384,
                    JWSAlgorithm.RS512,
                    JWSAlgorithm.PS256,
                    JWSAlgorithm.PS384,
                    JWSAlgorithm.PS512,
                    JWSAlgorithm.ES256,
                    JWSAlgorithm.ES384,
                    JWSAlgorithm.ES512);

    /** Access tokens; a token for another use says so (RFC 8725, section 3.11). */
    private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/at+jwt");

    private final String issuer;
    private final String audience;
    private final SigningKeys keys;
    private final Clock clock;
    private final DefaultJWSVerifierFactory verifiers = new DefaultJWSVerifierFactory();

    JwtCheck(String issuer, String audience, SigningKeys keys, Clock clock) {
        this.issuer = issuer;
        this.audience = audience;
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * Checks a token; asks the issuer for its keys only if none that is known fits.
     *
     * @throws InvalidToken if it is not accepted
     */
    Token check(String text) throws InvalidToken {
        if (text.length() > LONGEST) {
            throw new InvalidToken("The token is longer than " + LONGEST + " bytes");
        }
        if (!COMPACT.matcher(text).matches()) {
            throw new InvalidToken("The token is not a signed JSON Web Token");
        }
        try {
            SignedJWT token = SignedJWT.parse(text); // refuses what is not signed
            checkHeader(token.getHeader());
            checkSignature(token);
            return claims(token.getJWTClaimsSet());
        } catch (ParseException | IllegalArgumentException e) {
            throw new InvalidToken("The token is not a signed JSON Web Token");
        }
    }

    private static void checkHeader(JWSHeader header) throws InvalidToken {
        if (!ALGORITHMS.contains(header.getAlgorithm())) {
            throw new InvalidToken("The algorithm of the token is not accepted");
        }
        JOSEObjectType type = header.getType();
        if (type != null && !TYPES.contains(type.getType().toLowerCase(Locale.ROOT))) {
            throw new InvalidToken("The token is not an access token");
        }
        // Not understood, so not acceptable (RFC 7515, section 4.1.11).
        if (header.getCriticalParams() != null || !header.isBase64URLEncodePayload()) {
            throw new InvalidToken("The token has critical parameters");
        }
    }

    private void checkSignature(SignedJWT token) throws InvalidToken {
        JWKSet known = keys.known();
        List<JWK> candidates = candidates(token, known);
        if (isSigned(token, candidates)) {
            return;
        }
        // A key whose id is known and whose signature differs is no reason to ask the issuer.
        if (!candidates.isEmpty() && token.getHeader().getKeyID() != null
                || !isSigned(token, candidates(token, keys.lookUp(known)))) {
            throw new InvalidToken("The token is not signed by a key of the issuer");
        }
    }

    private static List<JWK> candidates(SignedJWT token, JWKSet keys) {
        return new JWKSelector(JWKMatcher.forJWSHeader(token.getHeader())).select(keys);
    }

    private boolean isSigned(SignedJWT token, List<JWK> candidates) {
        for (JWK key : candidates) {
            try {
                if (token.verify(
                        verifiers.createJWSVerifier(
                                token.getHeader(), ((AsymmetricJWK) key).toPublicKey()))) {
                    return true;
                }
            } catch (JOSEException e) {
                continue; // of another curve or size than the algorithm wants
            }
        }
        return false;
    }

    private Token claims(JWTClaimsSet claims) throws InvalidToken, ParseException {
        if (!issuer.equals(claims.getIssuer())) {
            throw new InvalidToken("The token is of another issuer");
        }
        if (!claims.getAudience().contains(audience)) {
            throw new InvalidToken("The token is for another audience");
        }
        Instant now = clock.instant();
        Date expires = claims.getExpirationTime();
        if (expires == null || !now.isBefore(expires.toInstant().plus(TOLERANCE))) {
            throw new InvalidToken("The token has expired");
        }
        Date notBefore = claims.getNotBeforeTime();
        if (notBefore != null && now.isBefore(notBefore.toInstant().minus(TOLERANCE))) {
            throw new InvalidToken("The token is not valid yet");
        }
        String subject = claims.getSubject();
        if (subject == null
                || subject.isBlank()
                || subject.length() > LONGEST_SUBJECT
                || subject.codePoints().anyMatch(JwtCheck::breaksLines)) {
            throw new InvalidToken("The token names no usable subject");
        }
        return new Token(subject, permissions(claims), expires.toInstant().plus(TOLERANCE));
    }

    /** It is written to logs and rows: whoever chooses it must not end a line there. */
    private static boolean breaksLines(int character) {
        int type = Character.getType(character);
        return type == Character.CONTROL
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.SURROGATE;
    }

    /** Scopes (RFC 8693, section 4.2), and roles and groups (RFC 9068, section 2.2.3.1). */
    private static Set<String> permissions(JWTClaimsSet claims) {
        Set<String> permissions = new HashSet<>();
        Stream.of("scope", "roles", "groups")
                .map(claims::getClaim)
                .forEach(
                        claim -> {
                            if (claim instanceof String words) {
                                permissions.addAll(List.of(words.split(" ")));
                            } else if (claim instanceof Collection<?> names) {
                                names.forEach(name -> permissions.add(String.valueOf(name)));
                            }
                        });
        return Set.copyOf(permissions);
    }
}
