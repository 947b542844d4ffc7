package ai.demeter.location;

import static ai.demeter.http.ProblemAssert.assertThatProblem;
import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Stack;
import ai.demeter.storage.Nursery;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Locations as docs/guarantees.md has them: what clients build upon. */
class LocationApiIT {
    private static Stack stack;
    private static Nursery nursery;
    private String area;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.shared();
        nursery = new Nursery(stack);
    }

    @BeforeEach
    void createArea() throws Exception {
        nursery.empty();
        area = nursery.area(nursery.warehouse("GH-01"), "A-01");
    }

    @AfterEach
    void empty() throws SQLException {
        nursery.empty();
    }

    private static String body(String code, String qrCode) {
        return "{\"code\":\"%s\",\"name\":\"Bench\",\"qrCode\":\"%s\"}".formatted(code, qrCode);
    }

    @Test
    @DisplayName("POST answers 201 with Location, ETag and the location, which is then there")
    void create() throws Exception {
        HttpResponse<String> created = stack.post(area + "/locations", body("L-01", "QR000001"));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        assertThat(created.headers().firstValue("ETag")).contains("\"0\"");
        JsonNode location = Nursery.json(created);
        assertThat(location.fieldNames())
                .toIterable()
                .containsExactly(
                        "id",
                        "areaId",
                        "code",
                        "name",
                        "qrCode",
                        "active",
                        "version",
                        "createdAt",
                        "updatedAt");
        assertThat(location.path("areaId").longValue()).isEqualTo(Nursery.id(area));
        String path = "/api/locations/" + location.path("id");
        assertThat(created.headers().firstValue("Location").orElseThrow()).endsWith(path);
        assertThat(stack.get(path).body()).isEqualTo(created.body());
        String none = "/api/areas/999999999/locations";
        assertThatProblem(stack.post(none, body("L-01", "QR000002"))).is(404, "not-found");
        assertThatProblem(stack.get(none)).is(404, "not-found").at(none);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | code name qrCode",
                "{\"code\":\"L_01\",\"name\":\"n\",\"qrCode\":\"SHORT\"} | code qrCode",
                "{\"code\":\"L-01\",\"name\":\"n\",\"qrCode\":\"qr000001\"} | qrCode",
                "{\"code\":\"L-01\",\"name\":\"n\",\"qrCode\":\"QR0000000000000000001\"} | qrCode"
            })
    @DisplayName("each member that cannot be accepted is named, all of them at once")
    void invalid(String body, String fields) throws Exception {
        assertThatProblem(stack.post(area + "/locations", body))
                .is(400, "validation")
                .names(fields.split(" "));
    }

    @Test
    @DisplayName("a code is unique in its area, a label in the nursery")
    void unique() throws Exception {
        nursery.location(area, "L-01", "QR000001");
        assertThatProblem(stack.post(area + "/locations", body("L-01", "QR000002")))
                .is(409, "duplicate")
                .names("code");
        String other = nursery.area(nursery.warehouse("GH-02"), "A-01");
        nursery.location(other, "L-01", "QR000002");
        assertThatProblem(stack.post(other + "/locations", body("L-02", "QR000001")))
                .is(409, "duplicate")
                .names("qrCode");
    }

    @Test
    @DisplayName("a location is found by its label, and by none if nobody has it")
    void lookup() throws Exception {
        String path = nursery.location(area, "L-01", "QR000001");
        nursery.location(area, "L-02", "QR000002");
        JsonNode found = nursery.get("/api/locations?qrCode=QR000001").path("items");
        assertThat(found).containsExactly(nursery.get(path));
        assertThat(nursery.get("/api/locations?qrCode=QR000009").path("items")).isEmpty();
        assertThatProblem(stack.get("/api/locations?qrCode=x"))
                .is(400, "validation")
                .names("qrCode");
    }

    @Test
    @DisplayName("a walk over the pages sees each location of this area once, by the filter")
    void walk() throws Exception {
        String other = nursery.area(nursery.warehouse("GH-02"), "A-01");
        for (int i = 0; i < 5; i++) {
            nursery.location(area, "L-0" + i, "QR00000" + i);
            nursery.location(other, "M-0" + i, "QS00000" + i);
        }
        JsonNode first = nursery.get(area + "/locations?limit=3&active=true");
        JsonNode second =
                nursery.get(area + "/locations?limit=3&after=" + first.path("next").textValue());
        assertThat(List.of(first.path("items").size(), second.path("items").size()))
                .containsExactly(3, 2);
        assertThat(second.has("next")).isFalse();
        assertThat(second.path("items").get(1).path("code").textValue()).isEqualTo("L-04");
        assertThat(nursery.get(area + "/locations?active=false").path("items")).isEmpty();
        assertThat(nursery.get("/api/locations").path("items")).hasSize(10);
    }

    @Test
    @DisplayName("PUT replaces the version it names; DELETE removes it, unless it has bins")
    void change() throws Exception {
        String path = nursery.location(area, "L-01", "QR000001");
        assertThat(nursery.put(path, "\"0\"", body("L-02", "QR000002")).statusCode())
                .isEqualTo(200);
        assertThat(nursery.get(path).path("qrCode").textValue()).isEqualTo("QR000002");
        assertThatProblem(nursery.put(path, "\"0\"", body("L-03", "QR000002")))
                .is(412, "stale-version");
        String bin = nursery.bin(path, "B-01");
        assertThatProblem(nursery.delete(path, "\"1\"")).is(409, "in-use").at(path).names();
        assertThatProblem(nursery.delete(area, "\"0\"")).is(409, "in-use").at(area).names();
        assertThat(nursery.delete(bin, "\"0\"").statusCode()).isEqualTo(204);
        assertThat(nursery.delete(path, "\"1\"").statusCode()).isEqualTo(204);
        assertThatProblem(stack.get(path)).is(404, "not-found");
        assertThatProblem(nursery.delete(path, "\"1\"")).is(404, "not-found");
    }
}
