package ai.demeter.storage;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;

/** A nursery to be filled over HTTP, level by level; each answer's path is what the next takes. */
public final class Nursery {
    private static final JsonMapper MAPPER = new JsonMapper();
    private final Stack stack;

    public Nursery(Stack stack) {
        this.stack = stack;
    }

    /** Leaves nothing of it, movements included, which only a superuser can. */
    public void empty() throws SQLException {
        Sql.run(
                stack.postgres(),
                "SET session_replication_role = replica",
                "DELETE FROM movement",
                "DELETE FROM batch",
                "DELETE FROM bin",
                "DELETE FROM location",
                "DELETE FROM area",
                "DELETE FROM warehouse");
    }

    public String warehouse(String code) throws IOException, InterruptedException {
        return create(
                "/api/warehouses",
                "{\"code\":\"%s\",\"name\":\"n\",\"type\":\"tunnel\"}".formatted(code));
    }

    public String area(String warehouse, String code) throws IOException, InterruptedException {
        return create(warehouse + "/areas", "{\"code\":\"%s\",\"name\":\"n\"}".formatted(code));
    }

    public String location(String area, String code, String qrCode)
            throws IOException, InterruptedException {
        return create(
                area + "/locations",
                "{\"code\":\"%s\",\"name\":\"n\",\"qrCode\":\"%s\"}".formatted(code, qrCode));
    }

    public String bin(String location, String code) throws IOException, InterruptedException {
        return create(location + "/bins", "{\"code\":\"%s\"}".formatted(code));
    }

    /** A bin, in a location, in an area, in a warehouse. */
    public String bin() throws IOException, InterruptedException {
        return bin(location(area(warehouse("GH-01"), "A-01"), "L-01", "QR000001"), "B-01");
    }

    public String batch(String bin, String product) throws IOException, InterruptedException {
        return create(bin + "/batches", "{\"product\":\"%s\",\"size\":\"M\"}".formatted(product));
    }

    /** The path of what is created. */
    public String create(String collection, String json) throws IOException, InterruptedException {
        HttpResponse<String> created = stack.post(collection, json);
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        String location = created.headers().firstValue("Location").orElseThrow();
        return stack.uri(location).getPath();
    }

    public JsonNode get(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = stack.get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json(answer);
    }

    public HttpResponse<String> put(String path, String ifMatch, String json)
            throws IOException, InterruptedException {
        return stack.send(
                stack.request(path)
                        .header("Content-Type", "application/json")
                        .header("If-Match", ifMatch)
                        .PUT(HttpRequest.BodyPublishers.ofString(json)));
    }

    public HttpResponse<String> delete(String path, String ifMatch)
            throws IOException, InterruptedException {
        return stack.send(stack.request(path).header("If-Match", ifMatch).DELETE());
    }

    public static JsonNode json(HttpResponse<String> answer) throws IOException {
        return MAPPER.readTree(answer.body());
    }

    /** The id at the end of a path. */
    public static long id(String path) {
        return Long.parseLong(path.substring(path.lastIndexOf('/') + 1));
    }
}
