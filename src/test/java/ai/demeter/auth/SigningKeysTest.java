package ai.demeter.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.demeter.run.Until;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Otherwise the issuer decides when this service answers. */
class SigningKeysTest {
    private static RSAKey first;
    private static RSAKey second;
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger asked = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile JWKSet published = new JWKSet(List.of(first));
    private volatile boolean away;
    private volatile CountDownLatch answers = new CountDownLatch(0);
    private final SigningKeys keys = new SigningKeys(this::ask, threads, nanos::get);

    @BeforeAll
    static void generate() throws Exception {
        first = new RSAKeyGenerator(2048).keyID("1").generate();
        second = new RSAKeyGenerator(2048).keyID("2").generate();
    }

    @AfterEach
    void end() {
        answers.countDown();
        threads.shutdownNow();
    }

    private JWKSet ask() throws Exception {
        asked.incrementAndGet();
        JWKSet atFirst = published; // as it was when it was asked
        answers.await();
        if (away) {
            throw new IOException("away");
        }
        return atFirst;
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private JWKSet start() throws Exception {
        keys.known();
        Until.holds("the first keys are known", () -> keys.known().size() == 1);
        return keys.known();
    }

    @Test
    @DisplayName("an unknown key is looked up at once")
    void atOnce() throws Exception {
        JWKSet seen = start();
        published = new JWKSet(List.of(first, second));
        assertThat(keys.lookUp(seen).size()).isEqualTo(2);
    }

    // Would break: a token of a new key, refused because the keys were being read when it came.
    @Test
    @DisplayName("also while the keys are being read as they were before")
    void whileReading() throws Exception {
        JWKSet seen = start();
        answers = new CountDownLatch(1);
        pass(SigningKeys.REFRESH);
        keys.known();
        Until.holds("they are being read", () -> asked.get() == 2);
        Future<JWKSet> looked = threads.submit(() -> keys.lookUp(seen));
        published = new JWKSet(List.of(first, second));
        answers.countDown();
        assertThat(looked.get().size()).isEqualTo(2);
    }

    // Would break: anybody could have the issuer called as often as they send a token.
    @Test
    @DisplayName("but no more than once in ten seconds, however many ask")
    void notMoreOften() throws Exception {
        JWKSet seen = start();
        int before = asked.get();
        List<Future<JWKSet>> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(threads.submit(() -> keys.lookUp(seen)));
        }
        for (Future<JWKSet> each : all) {
            each.get();
        }
        pass(SigningKeys.PAUSE.minusNanos(1));
        keys.lookUp(seen);
        assertThat(asked.get()).isEqualTo(before + 1);
        pass(Duration.ofNanos(1));
        keys.lookUp(seen);
        assertThat(asked.get()).isEqualTo(before + 2);
    }

    @Test
    @DisplayName("an issuer that is away leaves the keys as they are, and is asked again")
    void away() throws Exception {
        JWKSet seen = start();
        away = true;
        assertThat(keys.lookUp(seen)).isSameAs(seen);
        pass(SigningKeys.REFRESH.multipliedBy(100));
        assertThat(keys.known()).isSameAs(seen);
        away = false;
        published = new JWKSet(List.of(second));
        pass(SigningKeys.REFRESH);
        Until.holds(
                "the new key is known",
                () -> {
                    pass(SigningKeys.REFRESH);
                    return keys.known().getKeyByKeyId("2") != null;
                });
    }

    // Would break: every request would wait for an issuer that hangs.
    @Test
    @DisplayName(
            "who has a known key does not wait for an issuer that hangs; the others do, within bounds")
    void hangs() throws Exception {
        JWKSet seen = start();
        answers = new CountDownLatch(1);
        pass(SigningKeys.REFRESH);
        assertThat(keys.known()).isSameAs(seen); // its answer is under way, and nobody waits
        long started = System.nanoTime();
        assertThat(keys.lookUp(seen)).isSameAs(seen);
        assertThat(Duration.ofNanos(System.nanoTime() - started))
                .isBetween(
                        SigningKeys.PATIENCE.minusMillis(50), SigningKeys.PATIENCE.plusSeconds(5));
        assertThat(keys.known()).isSameAs(seen);
    }

    // Would break: a key that was stolen and withdrawn would be accepted until the next restart.
    @Test
    @DisplayName(
            "a key that the issuer has withdrawn is found out, and so are tokens checked by it")
    void withdrawn() throws Exception {
        start();
        JwtCheck check = new JwtCheck("i", "a", keys, Clock.systemUTC());
        CheckedTokens checked = new CheckedTokens(check, keys, Clock.systemUTC());
        String token =
                TestIssuer.sign(
                        first,
                        new com.nimbusds.jwt.JWTClaimsSet.Builder()
                                .issuer("i")
                                .audience("a")
                                .subject("s")
                                .expirationTime(
                                        new java.util.Date(System.currentTimeMillis() + 600_000))
                                .build());
        assertThat(checked.check(token)).isNotNull();
        published = new JWKSet(List.of(second));
        pass(SigningKeys.REFRESH);
        Until.holds("it is found out", () -> keys.known().getKeyByKeyId("1") == null);
        assertThatThrownBy(() -> checked.check(token)).isInstanceOf(InvalidToken.class);
    }
}
