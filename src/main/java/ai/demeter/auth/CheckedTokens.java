package ai.demeter.auth;

import com.nimbusds.jose.jwk.JWKSet;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers tokens that were found good, until they expire or the issuer's keys change: a client
 * sends one token with many requests, and a signature costs as much to check as a request to serve.
 * By their hashes, so that no token can be read from a dump of the memory.
 */
final class CheckedTokens {
    static final int MOST = 1_000;

    private record Checked(Token token, JWKSet by) {}

    private final Map<ByteBuffer, Checked> byHash = new ConcurrentHashMap<>();
    private final JwtCheck check;
    private final SigningKeys keys;
    private final Clock clock;

    CheckedTokens(JwtCheck check, SigningKeys keys, Clock clock) {
        this.check = check;
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * What a token says.
     *
     * @throws InvalidToken if it is not accepted
     */
    Token check(String text) throws InvalidToken {
        ByteBuffer hash = hash(text);
        Checked before = byHash.get(hash);
        JWKSet known = keys.known();
        if (before != null
                && before.by == known
                && clock.instant().isBefore(before.token.until())) {
            return before.token;
        }
        Token token = check.check(text);
        if (byHash.size() >= MOST) {
            byHash.clear(); // they come back one by one, each at the cost of one check
        }
        // The keys that it was checked by or older ones: then it is only checked once more.
        byHash.put(hash, new Checked(token, known));
        return token;
    }

    int size() {
        return byHash.size();
    }

    private static ByteBuffer hash(String text) {
        try {
            return ByteBuffer.wrap(
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }
}
