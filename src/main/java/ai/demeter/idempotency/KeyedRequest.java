package ai.demeter.idempotency;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A request as its key knows it again.
 *
 * @param key what the client calls it
 * @param digest SHA-256 of method, path and body: the same key with another one is another request
 */
public record KeyedRequest(String key, byte[] digest) {

    /**
     * Of these parts.
     *
     * @param path with the query, as it was sent
     */
    public static KeyedRequest of(String key, String method, String path, byte[] body) {
        MessageDigest sha256;
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        // Neither method nor path has a line end: no two requests run into the same bytes.
        sha256.update((method + "\n" + path + "\n").getBytes(StandardCharsets.UTF_8));
        return new KeyedRequest(key, sha256.digest(body));
    }

    boolean isSameAs(byte[] storedDigest) {
        return MessageDigest.isEqual(digest, storedDigest);
    }
}
