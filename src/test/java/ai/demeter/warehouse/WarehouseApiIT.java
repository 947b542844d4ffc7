package ai.demeter.warehouse;

import static ai.demeter.http.ProblemAssert.assertThatProblem;
import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The API as docs/guarantees.md has it, line by line: what clients build upon. */
class WarehouseApiIT {
    private static final String ALL = "/api/warehouses";
    private static final String BATCH = ALL + "/batch";
    private static final JsonMapper MAPPER = new JsonMapper();
    private static Stack stack;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.shared();
    }

    @BeforeEach
    @AfterEach
    void empty() throws SQLException {
        Sql.run(stack.postgres(), "DELETE FROM warehouse");
    }

    @Test
    @DisplayName("POST answers 201 with Location, ETag and the warehouse, which is then there")
    void create() throws Exception {
        Instant before = Instant.now().minusSeconds(1);
        HttpResponse<String> created = stack.post(ALL, warehouse("GH-01"));
        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(contentType(created)).isEqualTo("application/json");
        assertThat(etag(created)).isEqualTo("\"0\"");
        JsonNode body = json(created);
        assertThat(body.fieldNames())
                .toIterable()
                .containsExactly(
                        "id",
                        "code",
                        "name",
                        "type",
                        "active",
                        "version",
                        "createdAt",
                        "updatedAt");
        assertThat(body.path("code").textValue()).isEqualTo("GH-01");
        assertThat(body.path("name").textValue()).isEqualTo("Greenhouse 1");
        assertThat(body.path("type").textValue()).isEqualTo("greenhouse");
        assertThat(body.path("active").isBoolean()).isTrue();
        assertThat(body.path("active").booleanValue()).as("active by default").isTrue();
        assertThat(body.path("version").intValue()).isZero();
        assertThat(body.path("createdAt").textValue())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z")
                .isEqualTo(body.path("updatedAt").textValue());
        assertThat(Instant.parse(body.path("createdAt").textValue()))
                .isBetween(before, Instant.now().plusSeconds(1));
        String location = created.headers().firstValue("Location").orElseThrow();
        assertThat(location).endsWith(ALL + "/" + body.path("id"));
        HttpResponse<String> read = stack.get(stack.uri(location).getPath());
        assertThat(read.body()).as("the same text as was answered").isEqualTo(created.body());
    }

    @Test
    @DisplayName("POST keeps every member as it was given")
    void createWithAllMembers() throws Exception {
        String name =
                "N\u00famero 1 \ud83c\udf31 \"quoted\" \\ / \t <b>&amp;'; DROP TABLE warehouse; --";
        for (String type : List.of("greenhouse", "shadehouse", "open_field", "tunnel")) {
            String code = type.toUpperCase(java.util.Locale.ROOT) + "-_9";
            String input =
                    MAPPER.writeValueAsString(
                            java.util.Map.of(
                                    "code", code, "name", name, "type", type, "active", false));
            JsonNode created = json(stack.post(ALL, input));
            JsonNode read = json(stack.get(ALL + "/" + created.path("id")));
            assertThat(read).isEqualTo(created);
            assertThat(read.path("code").textValue()).isEqualTo(code);
            assertThat(read.path("name").textValue()).isEqualTo(name);
            assertThat(read.path("type").textValue()).isEqualTo(type);
            assertThat(read.path("active").booleanValue()).isFalse();
        }
    }

    @Test
    @DisplayName("POST of a code that exists answers 409 duplicate, naming it")
    void duplicate() throws Exception {
        create("GH-01");
        assertThatProblem(stack.post(ALL, warehouse("GH-01")))
                .is(409, "duplicate")
                .at(ALL)
                .names("code");
        assertThat(count()).isEqualTo(1);
    }

    @Test
    @DisplayName("of several POSTs of one code at once exactly one is stored")
    void concurrentDuplicates() throws Exception {
        List<Integer> statuses = atOnce(8, () -> stack.post(ALL, warehouse("GH-01")).statusCode());
        assertThat(statuses).containsOnlyOnce(201).isSubsetOf(201, 409);
        assertThat(count()).isEqualTo(1);
    }

    @Test
    @DisplayName("a batch of 10,000 stores them all")
    void batch() throws Exception {
        HttpResponse<String> created = stack.post(BATCH, batch(10_000));
        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(created.body()).isEqualTo("{\"created\":10000}");
        assertThat(contentType(created)).isEqualTo("application/json");
        assertThat(count()).isEqualTo(10_000);
        JsonNode first = json(stack.get(ALL + "?limit=1")).path("items").get(0);
        assertThat(first.path("code").textValue()).as("in their order").isEqualTo("B-0");
    }

    @Test
    @DisplayName("a batch whose last item exists stores nothing and names that item")
    void batchLastExists() throws Exception {
        create("B-9999");
        assertThatProblem(stack.post(BATCH, batch(10_000)))
                .is(409, "duplicate")
                .at(BATCH)
                .names("items[9999].code");
        assertThat(count()).isEqualTo(1);
    }

    @Test
    @DisplayName("a batch whose last item repeats an earlier one stores nothing and names it")
    void batchLastRepeats() throws Exception {
        String batch = batch(9_999);
        batch = batch.substring(0, batch.length() - 1) + "," + warehouse("B-7") + "]";
        assertThatProblem(stack.post(BATCH, batch)).is(409, "duplicate").names("items[9999].code");
        assertThat(count()).isZero();
    }

    @Test
    @DisplayName("a batch with invalid items stores nothing and names the first of them")
    void batchInvalid() throws Exception {
        String batch =
                "[" + warehouse("OK") + "," + warehouse("bad") + "," + "{\"code\":\"OK2\"}" + "]";
        assertThatProblem(stack.post(BATCH, batch))
                .is(400, "validation")
                .names("items[1].code", "items[2].name", "items[2].type");
        String many =
                IntStream.range(0, 1000)
                        .mapToObj(i -> warehouse("x"))
                        .collect(Collectors.joining(",", "[", "]"));
        HttpResponse<String> refused = stack.post(BATCH, many);
        assertThatProblem(refused).is(400, "validation");
        assertThat(json(refused).path("errors")).hasSizeBetween(1, 20);
        assertThat(count()).isZero();
    }

    @Test
    @DisplayName("a batch of none, or of 10,001, is refused")
    void batchSize() throws Exception {
        assertThatProblem(stack.post(BATCH, "[]")).is(400, "validation").names("items");
        assertThatProblem(stack.post(BATCH, batch(10_001))).is(400, "validation").names("items");
        assertThat(count()).isZero();
        assertThat(stack.post(BATCH, batch(1)).body()).isEqualTo("{\"created\":1}");
    }

    @Test
    @DisplayName("GET answers a strong ETag, 304 to the client that has it, 404 for none")
    void get() throws Exception {
        String path = create("GH-01");
        HttpResponse<String> read = stack.get(path);
        assertThat(read.statusCode()).isEqualTo(200);
        assertThat(etag(read)).isEqualTo("\"0\"");
        for (String has : List.of("\"0\"", "W/\"0\"", "\"9\", \"0\"", "*")) {
            HttpResponse<String> notModified =
                    stack.send(stack.request(path).header("If-None-Match", has));
            assertThat(notModified.statusCode()).as(has).isEqualTo(304);
            assertThat(notModified.body()).isEmpty();
            assertThat(etag(notModified)).isEqualTo("\"0\"");
        }
        assertThat(stack.send(stack.request(path).header("If-None-Match", "\"1\"")).statusCode())
                .isEqualTo(200);
        assertThatProblem(stack.get(ALL + "/999999999"))
                .is(404, "not-found")
                .at(ALL + "/999999999")
                .names();
    }

    @Test
    @DisplayName("HEAD answers what GET does, without the body")
    void head() throws Exception {
        HttpResponse<String> head =
                stack.send(
                        stack.request(create("GH-01"))
                                .method("HEAD", HttpRequest.BodyPublishers.noBody()));
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(etag(head)).isEqualTo("\"0\"");
        assertThat(head.body()).isEmpty();
    }

    @Test
    @DisplayName("a walk over the pages sees each row once, whatever is inserted meanwhile")
    void walk() throws Exception {
        stack.post(BATCH, batch(25));
        List<String> seen = new ArrayList<>();
        String page = ALL + "?limit=10";
        int pages = 0;
        while (page != null) {
            HttpResponse<String> answer = stack.get(page);
            assertThat(answer.statusCode()).isEqualTo(200);
            JsonNode body = json(answer);
            body.path("items").forEach(item -> seen.add(item.path("code").textValue()));
            String next = body.path("next").textValue();
            if (next == null) {
                assertThat(body.has("next")).as("absent, not null").isFalse();
                assertThat(answer.headers().firstValue("Link")).isEmpty();
                page = null;
            } else {
                assertThat(body.path("items")).hasSize(10);
                String link = answer.headers().firstValue("Link").orElseThrow();
                assertThat(link).matches("<[^>]+>; rel=\"next\"").contains("limit=10");
                page = link.substring(1, link.indexOf('>'));
                assertThat(page).contains("after=" + next);
            }
            stack.post(ALL, warehouse("LATE-" + pages++));
        }
        assertThat(pages).isEqualTo(3);
        assertThat(seen)
                .doesNotHaveDuplicates()
                .startsWith("B-0")
                .containsAll(IntStream.range(0, 25).mapToObj(i -> "B-" + i).toList());
        assertThat(seen.subList(0, 25)).allMatch(code -> code.startsWith("B-"));
    }

    @Test
    @DisplayName("the last page may be full, and is still the last")
    void fullLastPage() throws Exception {
        stack.post(BATCH, batch(50));
        HttpResponse<String> byDefault = stack.get(ALL);
        assertThat(json(byDefault).path("items")).hasSize(50);
        assertThat(json(byDefault).has("next")).isFalse();
        assertThat(byDefault.headers().firstValue("Link")).isEmpty();
        stack.post(ALL, warehouse("ONE-MORE"));
        assertThat(json(stack.get(ALL)).path("items")).as("50 by default").hasSize(50);
        assertThat(json(stack.get(ALL)).has("next")).isTrue();
        assertThat(json(stack.get(ALL + "?limit=200")).path("items")).hasSize(51);
    }

    @Test
    @DisplayName("an empty list is an empty page")
    void emptyList() throws Exception {
        assertThat(stack.get(ALL).body()).isEqualTo("{\"items\":[]}");
    }

    @Test
    @DisplayName("filters hold across pages, and the Link keeps them")
    void filters() throws Exception {
        for (int i = 0; i < 6; i++) {
            stack.post(
                    ALL,
                    "{\"code\":\"T-%d\",\"name\":\"n\",\"type\":\"%s\",\"active\":%s}"
                            .formatted(i, i < 4 ? "tunnel" : "greenhouse", i % 2 == 0));
        }
        assertThat(codes(ALL + "?type=tunnel")).containsExactly("T-0", "T-1", "T-2", "T-3");
        assertThat(codes(ALL + "?active=false")).containsExactly("T-1", "T-3", "T-5");
        assertThat(codes(ALL + "?type=tunnel&active=true")).containsExactly("T-0", "T-2");
        assertThat(codes(ALL + "?type=open_field")).isEmpty();
        HttpResponse<String> first = stack.get(ALL + "?type=tunnel&active=true&limit=1");
        String link = first.headers().firstValue("Link").orElseThrow();
        assertThat(codes(link.substring(1, link.indexOf('>')))).containsExactly("T-2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?type=&active=",
                "?type=&active=&limit=&after=",
                "?",
                "?other=1",
                "?after=0"
            })
    @DisplayName("a blank parameter filters nothing, and one that is not known does nothing")
    void blankParameters(String query) throws Exception {
        create("GH-01");
        assertThat(codes(ALL + query)).containsExactly("GH-01");
    }

    @Test
    @DisplayName("PUT with the current ETag replaces, counts the version up and keeps createdAt")
    void replace() throws Exception {
        String path = create("GH-01");
        JsonNode before = json(stack.get(path));
        HttpResponse<String> replaced =
                put(
                        path,
                        "\"0\"",
                        "{\"code\":\"GH-02\",\"name\":\"New\",\"type\":\"tunnel\",\"active\":false}");
        assertThat(replaced.statusCode()).isEqualTo(200);
        assertThat(etag(replaced)).isEqualTo("\"1\"");
        JsonNode after = json(replaced);
        assertThat(after.path("id")).isEqualTo(before.path("id"));
        assertThat(after.path("code").textValue()).isEqualTo("GH-02");
        assertThat(after.path("name").textValue()).isEqualTo("New");
        assertThat(after.path("type").textValue()).isEqualTo("tunnel");
        assertThat(after.path("active").booleanValue()).isFalse();
        assertThat(after.path("version").intValue()).isEqualTo(1);
        assertThat(after.path("createdAt")).isEqualTo(before.path("createdAt"));
        assertThat(Instant.parse(after.path("updatedAt").textValue()))
                .isAfter(Instant.parse(before.path("updatedAt").textValue()));
        assertThat(json(stack.get(path))).isEqualTo(after);
        assertThat(put(path, "\"1\"", warehouse("GH-01")).statusCode()).isEqualTo(200);
        assertThat(etag(stack.get(path))).isEqualTo("\"2\"");
        assertThat(json(stack.get(path)).path("active").booleanValue())
                .as("left out, it is the default again")
                .isTrue();
    }

    @Test
    @DisplayName("PUT of what is there already counts as a change")
    void replaceBySame() throws Exception {
        String path = create("GH-01");
        assertThat(etag(put(path, "\"0\"", warehouse("GH-01")))).isEqualTo("\"1\"");
        assertThat(etag(stack.get(path))).isEqualTo("\"1\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "\"0\"", "\"5\", \"0\""})
    @DisplayName("If-Match may be a list or any version")
    void ifMatch(String header) throws Exception {
        assertThat(put(create("GH-01"), header, warehouse("GH-02")).statusCode()).isEqualTo(200);
    }

    @Test
    @DisplayName("PUT on a version that is past answers 412, without If-Match 428, of none 404")
    void replaceRefused() throws Exception {
        String path = create("GH-01");
        put(path, "\"0\"", warehouse("GH-02"));
        for (String stale : List.of("\"0\"", "\"2\"", "W/\"1\"")) {
            assertThatProblem(put(path, stale, warehouse("GH-03")))
                    .is(412, "stale-version")
                    .at(path)
                    .names();
        }
        assertThatProblem(put(path, null, warehouse("GH-03")))
                .is(428, "precondition-required")
                .at(path)
                .names();
        assertThatProblem(put(path, "1", warehouse("GH-03")))
                .is(400, "validation")
                .names("If-Match");
        assertThatProblem(put(ALL + "/999999999", "\"0\"", warehouse("GH-03")))
                .is(404, "not-found");
        create("GH-04");
        assertThatProblem(put(path, "\"1\"", warehouse("GH-04")))
                .is(409, "duplicate")
                .at(path)
                .names("code");
        assertThatProblem(put(path, "\"1\"", "{\"code\":\"GH-05\"}"))
                .is(400, "validation")
                .names("name", "type");
        assertThat(json(stack.get(path)).path("code").textValue()).isEqualTo("GH-02");
        assertThat(etag(stack.get(path))).isEqualTo("\"1\"");
    }

    @Test
    @DisplayName("of several PUTs with the same ETag exactly one succeeds: no update is lost")
    void concurrentReplace() throws Exception {
        String path = create("GH-01");
        for (int version = 0; version < 5; version++) {
            String current = "\"" + version + "\"";
            List<Integer> statuses =
                    atOnce(8, () -> put(path, current, warehouse("GH-01")).statusCode());
            assertThat(statuses).containsOnlyOnce(200).isSubsetOf(200, 412);
        }
        assertThat(etag(stack.get(path))).isEqualTo("\"5\"");
    }

    @Test
    @DisplayName("DELETE needs the current ETag, and then it is gone")
    void delete() throws Exception {
        String path = create("GH-01");
        assertThatProblem(delete(path, null)).is(428, "precondition-required").at(path);
        assertThatProblem(delete(path, "\"1\"")).is(412, "stale-version").at(path);
        assertThat(count()).isEqualTo(1);
        HttpResponse<String> deleted = delete(path, "\"0\"");
        assertThat(deleted.statusCode()).isEqualTo(204);
        assertThat(deleted.body()).isEmpty();
        assertThatProblem(delete(path, "\"0\"")).is(404, "not-found").at(path);
        assertThatProblem(stack.get(path)).is(404, "not-found");
        assertThat(count()).isZero();
        assertThat(create("GH-01")).as("an id is not used twice").isNotEqualTo(path);
    }

    @Test
    @DisplayName("of several DELETEs of one version exactly one succeeds")
    void concurrentDelete() throws Exception {
        String path = create("GH-01");
        assertThat(atOnce(8, () -> delete(path, "\"0\"").statusCode()))
                .containsOnlyOnce(204)
                .isSubsetOf(204, 404, 412);
    }

    private static String create(String code) throws IOException, InterruptedException {
        HttpResponse<String> created = stack.post(ALL, warehouse(code));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        return ALL + "/" + json(created).path("id");
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

    private static String warehouse(String code) {
        return "{\"code\":\"%s\",\"name\":\"Greenhouse 1\",\"type\":\"greenhouse\"}"
                .formatted(code);
    }

    private static String batch(int size) {
        return IntStream.range(0, size)
                .mapToObj(i -> warehouse("B-" + i))
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static List<String> codes(String path) throws IOException, InterruptedException {
        HttpResponse<String> page = stack.get(path);
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        List<String> codes = new ArrayList<>();
        json(page).path("items").forEach(item -> codes.add(item.path("code").textValue()));
        return codes;
    }

    private static <T> List<T> atOnce(int times, Callable<T> call) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(times);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> future : threads.invokeAll(java.util.Collections.nCopies(times, call))) {
                results.add(future.get());
            }
            return results;
        } finally {
            threads.shutdown();
        }
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        return MAPPER.readTree(answer.body());
    }

    private static String etag(HttpResponse<String> answer) {
        return answer.headers().firstValue("ETag").orElse(null);
    }

    private static String contentType(HttpResponse<String> answer) {
        return answer.headers().firstValue("Content-Type").orElse(null);
    }

    private static long count() throws SQLException {
        return Sql.number(stack.postgres(), "SELECT count(*) FROM warehouse");
    }
}
