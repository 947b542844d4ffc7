package ai.demeter.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The requests that are measured over HTTP. */
final class Requests {
    static final String GET = "get";
    static final String LIST = "list of 50";
    static final String POST = "post";
    static final String POST_WITH_KEY = "post with a key";
    static final List<String> ALL = List.of(GET, LIST, POST, POST_WITH_KEY);

    private static final AtomicLong CODES = new AtomicLong();
    private static final AtomicLong KEYS = new AtomicLong();

    private final String series = UUID.randomUUID().toString().substring(0, 18);
    private final String host;
    private final Rows rows;

    Requests(URI base, Rows rows) {
        host = "\r\nHost: " + base.getAuthority() + "\r\n";
        this.rows = rows;
    }

    /** Stores what is read. */
    static void seed(URI base) throws IOException, InterruptedException {
        String rows =
                IntStream.range(0, 10_000)
                        .mapToObj(
                                i ->
                                        "{\"code\":\"R-%d\",\"name\":\"Row\",\"type\":\"tunnel\"}"
                                                .formatted(i))
                        .collect(Collectors.joining(",", "[", "]"));
        HttpRequest request =
                HttpRequest.newBuilder(base.resolve("/api/warehouses/batch"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(rows))
                        .build();
        HttpResponse<String> answer =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 201) {
            throw new IOException("the rows were not stored: " + answer.body());
        }
    }

    /** Those that it knows: keys are Demeter's own. */
    static List<String> answeredBy(String by) {
        boolean demeter = by.equals(Line.DEMETER) || by.equals(Line.BEFORE);
        return demeter ? ALL : List.of(GET, LIST, POST);
    }

    Supplier<byte[]> of(String what) {
        return switch (what) {
            case GET -> () -> get("/api/warehouses/" + rows.random());
            case LIST -> () -> get("/api/warehouses?limit=50");
            case POST -> () -> post("");
            // As long as a UUID.
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
