package ai.demeter.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Otherwise an answer is given to another request than it was stored for. */
class KeyedRequestTest {
    private static KeyedRequest request(String method, String path, String body) {
        return KeyedRequest.of("key", method, path, body.getBytes(StandardCharsets.UTF_8));
    }

    // Would break: an upgrade takes every request sent again for another one.
    @Test
    @DisplayName(
            "the digest is SHA-256 of method, path and body, a line end after each of the first")
    void digest() throws Exception {
        byte[] expected =
                java.security.MessageDigest.getInstance("SHA-256")
                        .digest("POST\n/api/warehouses\n{}".getBytes(StandardCharsets.UTF_8));
        assertThat(HexFormat.of().formatHex(request("POST", "/api/warehouses", "{}").digest()))
                .isEqualTo(HexFormat.of().formatHex(expected));
    }

    @ParameterizedTest
    @CsvSource({"PUT, /a, b", "POST, /b, b", "POST, /a?x, b", "POST, /a, c", "POST, /ab, ''"})
    @DisplayName("another method, path or body is another request")
    void other(String method, String path, String body) {
        KeyedRequest first = request("POST", "/a", "b");
        assertThat(first.isSameAs(request(method, path, body).digest())).isFalse();
        assertThat(first.isSameAs(request("POST", "/a", "b").digest())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 204, 400, 404, 405, 409, 412, 413, 415, 422, 428})
    @DisplayName("an answer that the request earned would be the same again, and is stored")
    void earned(int status) {
        assertThat(new Answer(status, "", new byte[0]).isEarned()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 408, 425, 429, 500, 503})
    @DisplayName("one that depends on the sender, his haste or this service is not")
    void unearned(int status) {
        assertThat(new Answer(status, "", new byte[0]).isEarned()).isFalse();
    }
}
