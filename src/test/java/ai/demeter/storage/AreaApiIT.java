package ai.demeter.storage;

import static ai.demeter.http.ProblemAssert.assertThatProblem;
import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Areas as docs/guarantees.md has them: what clients build upon. */
class AreaApiIT {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static Stack stack;
    private String warehouse;
    private String all;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.shared();
    }

    @BeforeEach
    void createWarehouse() throws Exception {
        empty();
        warehouse = createWarehouse("GH-01");
        all = warehouse + "/areas";
    }

    @AfterEach
    void empty() throws SQLException {
        Sql.run(stack.postgres(), "DELETE FROM area", "DELETE FROM warehouse");
    }

    @Test
    @DisplayName("POST answers 201 with Location, ETag and the area, which is then there")
    void create() throws Exception {
        HttpResponse<String> created = stack.post(all, area("A-01"));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        assertThat(etag(created)).isEqualTo("\"0\"");
        JsonNode body = json(created);
        assertThat(body.fieldNames())
                .toIterable()
                .containsExactly(
                        "id",
                        "warehouseId",
                        "code",
                        "name",
                        "active",
                        "version",
                        "createdAt",
                        "updatedAt");
        assertThat(warehouse).endsWith("/" + body.path("warehouseId"));
        assertThat(body.path("code").textValue()).isEqualTo("A-01");
        assertThat(body.path("active").booleanValue()).as("active by default").isTrue();
        assertThat(body.path("version").intValue()).isZero();
        String location = created.headers().firstValue("Location").orElseThrow();
        assertThat(location).endsWith("/api/areas/" + body.path("id"));
        assertThat(stack.get(stack.uri(location).getPath()).body()).isEqualTo(created.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"N", "S", "E", "W", "C"})
    @DisplayName("a position is kept, replaced and taken away")
    void position(String position) throws Exception {
        String path = create("A-01", ",\"position\":\"" + position + "\"");
        assertThat(json(stack.get(path)).path("position").textValue()).isEqualTo(position);
        assertThat(put(path, "\"0\"", area("A-01")).statusCode()).isEqualTo(200);
        assertThat(json(stack.get(path)).has("position")).as("absent, not null").isFalse();
    }

    @Test
    @DisplayName("a code is unique in its warehouse, and may be used in another")
    void unique() throws Exception {
        create("A-01");
        assertThatProblem(stack.post(all, area("A-01"))).is(409, "duplicate").at(all).names("code");
        String other = createWarehouse("GH-02") + "/areas";
        assertThat(stack.post(other, area("A-01")).statusCode()).isEqualTo(201);
        String path = create("A-02");
        assertThatProblem(put(path, "\"0\"", area("A-01"))).is(409, "duplicate").names("code");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | code name",
                "{\"code\":\"A_01\",\"name\":\"n\"} | code",
                "{\"code\":\"A\",\"name\":\" \",\"position\":\"NORTH\",\"active\":1} | active code name position",
                "{\"code\":\"A-01\",\"name\":\"n\",\"position\":\"n\"} | position",
                "{\"code\":\"A-01\",\"name\":\"n\",\"position\":\"\"} | position"
            })
    @DisplayName("each member that cannot be accepted is named, all of them at once")
    void invalid(String body, String fields) throws Exception {
        assertThatProblem(stack.post(all, body)).is(400, "validation").names(fields.split(" "));
        assertThat(count()).isZero();
    }

    @Test
    @DisplayName("a warehouse that does not exist has no collection: 404, and nothing is stored")
    void noWarehouse() throws Exception {
        String none = "/api/warehouses/999999999/areas";
        for (HttpResponse<String> answer :
                List.of(stack.get(none), stack.post(none, area("A-01")))) {
            assertThatProblem(answer).is(404, "not-found").at(none).names();
            assertThat(json(answer).path("detail").textValue())
                    .isEqualTo("There is no warehouse 999999999.");
        }
        assertThatProblem(stack.get(none + "?after=7")).is(404, "not-found");
        assertThatProblem(stack.get("/api/warehouses/0/areas")).is(404, "not-found");
        assertThat(count()).isZero();
    }

    // Would break: an area without its warehouse, or a client told that its body is at fault.
    @Test
    @DisplayName("a warehouse that is deleted while an area of it is stored is not there")
    void warehouseDeletedMeanwhile() throws Exception {
        CompletableFuture<HttpResponse<String>> stored;
        try (Connection session = stack.postgres().superuser();
                Statement statement = session.createStatement()) {
            session.setAutoCommit(false);
            statement.execute("DELETE FROM warehouse");
            stored =
                    stack.sendAsync(
                            stack.request(all)
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString(area("A-01"))));
            ai.demeter.run.Until.holds(
                    "the request waits for the deletion",
                    () ->
                            Sql.number(
                                            stack.postgres(),
                                            "SELECT count(*) FROM pg_stat_activity"
                                                    + " WHERE wait_event_type = 'Lock'")
                                    > 0);
            session.commit();
        }
        assertThatProblem(stored.get()).is(404, "not-found").at(all);
        assertThat(count()).isZero();
    }

    @Test
    @DisplayName("a warehouse that has areas is in use, and stays; without them it goes")
    void inUse() throws Exception {
        String path = create("A-01");
        assertThatProblem(delete(warehouse, "\"1\"")).is(412, "stale-version");
        assertThatProblem(delete(warehouse, "\"0\"")).is(409, "in-use").at(warehouse).names();
        assertThat(stack.get(warehouse).statusCode()).isEqualTo(200);
        assertThat(delete(path, "\"0\"").statusCode()).isEqualTo(204);
        assertThat(delete(warehouse, "\"0\"").statusCode()).isEqualTo(204);
    }

    @Test
    @DisplayName("GET answers 304 to the client that has the version, 404 for none")
    void get() throws Exception {
        String path = create("A-01");
        assertThat(etag(stack.get(path))).isEqualTo("\"0\"");
        HttpResponse<String> known =
                stack.send(stack.request(path).header("If-None-Match", "\"0\""));
        assertThat(known.statusCode()).isEqualTo(304);
        assertThat(known.body()).isEmpty();
        assertThatProblem(stack.get("/api/areas/999999999")).is(404, "not-found");
        assertThatProblem(stack.get("/api/areas")).is(404, "not-found");
    }

    @Test
    @DisplayName("PUT replaces, counts the version up, and leaves the area in its warehouse")
    void replace() throws Exception {
        String path = create("A-01");
        JsonNode before = json(stack.get(path));
        HttpResponse<String> replaced =
                put(
                        path,
                        "\"0\"",
                        "{\"code\":\"A-02\",\"name\":\"New\",\"position\":\"C\",\"active\":false,\"warehouseId\":7}");
        assertThat(replaced.statusCode()).as(replaced.body()).isEqualTo(200);
        assertThat(etag(replaced)).isEqualTo("\"1\"");
        JsonNode after = json(replaced);
        assertThat(after.path("warehouseId")).isEqualTo(before.path("warehouseId"));
        assertThat(after.path("code").textValue()).isEqualTo("A-02");
        assertThat(after.path("active").booleanValue()).isFalse();
        assertThat(after.path("createdAt")).isEqualTo(before.path("createdAt"));
        assertThat(Instant.parse(after.path("updatedAt").textValue()))
                .isAfter(Instant.parse(before.path("updatedAt").textValue()));
        assertThat(json(stack.get(path))).isEqualTo(after);
        assertThatProblem(put(path, "\"0\"", area("A-03"))).is(412, "stale-version").at(path);
        assertThatProblem(put(path, null, area("A-03"))).is(428, "precondition-required");
        assertThatProblem(put("/api/areas/999999999", "*", area("A-03"))).is(404, "not-found");
    }

    @Test
    @DisplayName("DELETE needs the current ETag, and then it is gone")
    void delete() throws Exception {
        String path = create("A-01");
        assertThatProblem(delete(path, null)).is(428, "precondition-required").at(path);
        assertThatProblem(delete(path, "\"1\"")).is(412, "stale-version").at(path);
        assertThat(delete(path, "\"0\"").statusCode()).isEqualTo(204);
        assertThatProblem(delete(path, "\"0\"")).is(404, "not-found").at(path);
        assertThat(count()).isZero();
    }

    @Test
    @DisplayName("a walk over the pages sees each area of this warehouse once, by the filters")
    void walk() throws Exception {
        String other = createWarehouse("GH-02") + "/areas";
        for (int i = 0; i < 5; i++) {
            create("A-0" + i, ",\"position\":\"N\",\"active\":" + (i != 2));
            assertThat(stack.post(other, area("B-0" + i)).statusCode()).isEqualTo(201);
        }
        List<String> seen = new ArrayList<>();
        String page = all + "?limit=2&position=N&active=true";
        while (page != null) {
            HttpResponse<String> answer = stack.get(page);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            json(answer).path("items").forEach(item -> seen.add(item.path("code").textValue()));
            page =
                    answer.headers()
                            .firstValue("Link")
                            .map(link -> link.substring(1, link.indexOf('>')))
                            .orElse(null);
        }
        assertThat(seen).containsExactly("A-00", "A-01", "A-03", "A-04");
        assertThat(stack.get(all + "?position=S").body()).isEqualTo("{\"items\":[]}");
        assertThatProblem(stack.get(all + "?position=north"))
                .is(400, "validation")
                .at(all)
                .names("position");
    }

    private static String createWarehouse(String code) throws IOException, InterruptedException {
        HttpResponse<String> created =
                stack.post(
                        "/api/warehouses",
                        "{\"code\":\"%s\",\"name\":\"n\",\"type\":\"tunnel\"}".formatted(code));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        return "/api/warehouses/" + json(created).path("id");
    }

    private String create(String code, String... members) throws IOException, InterruptedException {
        HttpResponse<String> created =
                stack.post(all, area(code).replace("}", String.join("", members) + "}"));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        return "/api/areas/" + json(created).path("id");
    }

    private static HttpResponse<String> put(String path, String ifMatch, String json)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                stack.request(path)
                        .header("Content-Type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString(json));
        return stack.send(ifMatch == null ? request : request.header("If-Match", ifMatch));
    }

    private static HttpResponse<String> delete(String path, String ifMatch)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = stack.request(path).DELETE();
        return stack.send(ifMatch == null ? request : request.header("If-Match", ifMatch));
    }

    private static String area(String code) {
        return "{\"code\":\"%s\",\"name\":\"Seedlings\"}".formatted(code);
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        return MAPPER.readTree(answer.body());
    }

    private static String etag(HttpResponse<String> answer) {
        return answer.headers().firstValue("ETag").orElse(null);
    }

    private static long count() throws SQLException {
        return Sql.number(stack.postgres(), "SELECT count(*) FROM area");
    }
}
