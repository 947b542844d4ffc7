package ai.demeter.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.SignedJWT;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Otherwise somebody gets in who was not let in, or the other way round. */
class JwtCheckTest {
    private static TestIssuer issuer;
    private final SigningKeys keys = keys(List.of(issuer.key()));
    private final JwtCheck check = check(Clock.systemUTC());

    @BeforeAll
    static void start() throws Exception {
        issuer = new TestIssuer();
    }

    @AfterAll
    static void stop() {
        issuer.close();
    }

    private static SigningKeys keys(List<? extends JWK> keys) {
        List<JWK> all = new ArrayList<>(keys);
        SigningKeys read = new SigningKeys(() -> new JWKSet(all), Runnable::run, () -> 0);
        read.known();
        return read;
    }

    private JwtCheck check(Clock clock) {
        return new JwtCheck(issuer.url(), TestIssuer.AUDIENCE, keys, clock);
    }

    static List<Map.Entry<String, String>> bad() throws Exception {
        return List.copyOf(BadTokens.of(issuer).entrySet());
    }

    @ParameterizedTest
    @MethodSource("bad")
    @DisplayName("a bad token is refused, in words that fit into a header")
    void refused(Map.Entry<String, String> bad) {
        assertThatThrownBy(() -> check.check(bad.getValue()))
                .isInstanceOf(InvalidToken.class)
                .message()
                .matches("[ A-Za-z0-9.,]+");
    }

    @Test
    @DisplayName("there are forty of them")
    void forty() throws Exception {
        assertThat(bad()).hasSizeGreaterThanOrEqualTo(40);
    }

    @Test
    @DisplayName("a good one tells subject, scopes, roles and groups")
    void good() throws Exception {
        Token token =
                check.check(
                        TestIssuer.sign(
                                issuer.key(),
                                issuer.claims()
                                        .audience(List.of("other", TestIssuer.AUDIENCE))
                                        .claim("scope", "openid demeter.read")
                                        .claim("roles", List.of("demeter.write"))
                                        .claim("groups", List.of("demeter.metrics"))
                                        .build()));
        assertThat(token.subject()).isEqualTo("alice");
        for (Token.Permission permission : Token.Permission.values()) {
            assertThat(token.allows(permission)).isTrue();
        }
        assertThat(check.check(issuer.token("demeter.reader")).allows(Token.Permission.READ))
                .isFalse();
    }

    // Would break: clocks that differ by a second would shut everybody out for it.
    @Test
    @DisplayName("clocks may differ by half a minute, and no more")
    void tolerance() throws Exception {
        Instant now = Instant.now();
        String token =
                TestIssuer.sign(
                        issuer.key(),
                        issuer.claims()
                                .notBeforeTime(Date.from(now))
                                .expirationTime(Date.from(now.plusSeconds(60)))
                                .build());
        Instant whole = Instant.ofEpochSecond(now.getEpochSecond());
        for (int accepted : new int[] {-30, 0, 60, 89}) {
            assertThat(at(whole.plusSeconds(accepted)).check(token)).isNotNull();
        }
        for (int refused : new int[] {-31, 90, 3600}) {
            assertThatThrownBy(() -> at(whole.plusSeconds(refused)).check(token))
                    .isInstanceOf(InvalidToken.class);
        }
    }

    private JwtCheck at(Instant instant) {
        return check(Clock.fixed(instant, ZoneOffset.UTC));
    }

    // Would break: issuers that sign by elliptic curves, as many do.
    @Test
    @DisplayName("curves are accepted as RSA is")
    void curves() throws Exception {
        ECKey key = new ECKeyGenerator(Curve.P_256).keyID("curve").generate();
        SignedJWT token =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("curve").build(),
                        issuer.claims().build());
        token.sign(new ECDSASigner(key));
        JwtCheck curves =
                new JwtCheck(
                        issuer.url(), TestIssuer.AUDIENCE, keys(List.of(key)), Clock.systemUTC());
        assertThat(curves.check(token.serialize()).subject()).isEqualTo("alice");
    }

    // Would break: a secret among the keys would make everybody who knows it an issuer.
    @Test
    @DisplayName("of the issuer's keys, secrets are left out")
    void secrets() {
        JWK secret = new OctetSequenceKey.Builder(new byte[32]).keyID("secret").build();
        assertThat(keys(List.of(secret, issuer.key())).known().getKeys())
                .extracting(JWK::getKeyID)
                .containsExactly(issuer.key().getKeyID());
    }

    @Test
    @DisplayName("tokens that were found good are remembered until they expire, within bounds")
    void remembered() throws Exception {
        Instant[] now = {Instant.now()};
        Clock clock =
                new Clock() {
                    @Override
                    public Instant instant() {
                        return now[0];
                    }

                    @Override
                    public java.time.ZoneId getZone() {
                        return ZoneOffset.UTC;
                    }

                    @Override
                    public Clock withZone(java.time.ZoneId zone) {
                        return this;
                    }
                };
        CheckedTokens checked = new CheckedTokens(check(clock), keys, clock);
        String token = issuer.token(TestIssuer.ALL);
        assertThat(checked.check(token)).isSameAs(checked.check(token));
        for (int i = 0; i < CheckedTokens.MOST; i++) {
            checked.check(TestIssuer.sign(issuer.key(), issuer.claims().subject("s" + i).build()));
        }
        assertThat(checked.size()).isLessThanOrEqualTo(CheckedTokens.MOST);
        now[0] = now[0].plus(Duration.ofHours(1));
        assertThatThrownBy(() -> checked.check(token)).isInstanceOf(InvalidToken.class);
    }
}
