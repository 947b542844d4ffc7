package ai.demeter.bench;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** The requests that are measured over HTTP. */
final class Requests {
    static final String GET = "get";
    static final String LIST = "list of 50";
    static final String POST = "post";
    static final String POST_WITH_KEY = "post with a key";

    private static final AtomicLong CODES = new AtomicLong();
    private static final AtomicLong KEYS = new AtomicLong();

    private final String series = UUID.randomUUID().toString().substring(0, 18);
    private final String host;
    private final Rows rows;

    Requests(URI base, Rows rows) {
        host = "\r\nHost: " + base.getAuthority() + "\r\n";
        this.rows = rows;
    }

    Supplier<byte[]> of(String what) {
        return switch (what) {
            case GET -> () -> get("/api/warehouses/" + rows.random());
            case LIST -> () -> get("/api/warehouses?limit=50");
            case POST -> () -> post("");
            // As long as a UUID; the untuned state does not know the header.
            case POST_WITH_KEY ->
                    () ->
                            post(
                                    "Idempotency-Key: %s%018d\r\n"
                                            .formatted(series, KEYS.incrementAndGet()));
            default -> throw new IllegalArgumentException(what);
        };
    }

    private byte[] get(String path) {
        return bytes("GET " + path + " HTTP/1.1" + host + "\r\n");
    }

    private byte[] post(String header) {
        String body =
                "{\"code\":\"H-%d\",\"name\":\"Greenhouse\",\"type\":\"greenhouse\"}"
                        .formatted(CODES.incrementAndGet());
        return bytes(
                "POST /api/warehouses HTTP/1.1"
                        + host
                        + header
                        + "Content-Type: application/json\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body);
    }

    private static byte[] bytes(String request) {
        return request.getBytes(StandardCharsets.US_ASCII);
    }
}
