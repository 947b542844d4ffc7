package ai.demeter.bin;

import static ai.demeter.http.ProblemAssert.assertThatProblem;
import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Stack;
import ai.demeter.storage.Nursery;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Bins as docs/guarantees.md has them: what clients build upon. */
class BinApiIT {
    private static Stack stack;
    private static Nursery nursery;
    private String location;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.shared();
        nursery = new Nursery(stack);
    }

    @BeforeEach
    void createLocation() throws Exception {
        nursery.empty();
        String area = nursery.area(nursery.warehouse("GH-01"), "A-01");
        location = nursery.location(area, "L-01", "QR000001");
    }

    @AfterEach
    void empty() throws SQLException {
        nursery.empty();
    }

    private static String body(String code, String status) {
        return "{\"code\":\"%s\",\"status\":\"%s\"}".formatted(code, status);
    }

    @Test
    @DisplayName(
            "POST answers 201 with Location, ETag and the bin, active unless it says otherwise")
    void create() throws Exception {
        HttpResponse<String> created = stack.post(location + "/bins", "{\"code\":\"B-01\"}");
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        JsonNode bin = Nursery.json(created);
        assertThat(bin.fieldNames())
                .toIterable()
                .containsExactly(
                        "id", "locationId", "code", "status", "version", "createdAt", "updatedAt");
        assertThat(bin.path("status").textValue()).isEqualTo("active");
        assertThat(bin.path("locationId").longValue()).isEqualTo(Nursery.id(location));
        assertThat(stack.get("/api/bins/" + bin.path("id")).body()).isEqualTo(created.body());
        assertThatProblem(stack.post(location + "/bins", "{\"code\":\"B-01\"}"))
                .is(409, "duplicate")
                .names("code");
        assertThatProblem(stack.post(location + "/bins", "{\"code\":\"b\",\"status\":\"gone\"}"))
                .is(400, "validation")
                .names("code", "status");
        String none = "/api/locations/999999999/bins";
        assertThatProblem(stack.post(none, "{\"code\":\"B-01\"}")).is(404, "not-found");
        assertThatProblem(stack.get(none)).is(404, "not-found").at(none);
    }

    // Would break: a bin that is gone counts as a place again, and its history is of two bins.
    @Test
    @DisplayName("a bin goes to maintenance and back, and stays retired once it is")
    void retired() throws Exception {
        String path = nursery.bin(location, "B-01");
        assertThat(nursery.put(path, "\"0\"", body("B-01", "maintenance")).statusCode())
                .isEqualTo(200);
        assertThat(nursery.put(path, "\"1\"", body("B-01", "active")).statusCode()).isEqualTo(200);
        assertThat(nursery.put(path, "\"2\"", body("B-01", "retired")).statusCode()).isEqualTo(200);
        assertThatProblem(nursery.put(path, "\"3\"", body("B-01", "active")))
                .is(409, "conflict")
                .at(path)
                .names("status");
        assertThat(nursery.put(path, "\"3\"", body("B-02", "retired")).statusCode()).isEqualTo(200);
        assertThat(nursery.get(location + "/bins?status=retired").path("items")).hasSize(1);
        assertThat(nursery.get(location + "/bins?status=active").path("items")).isEmpty();
        assertThatProblem(stack.get(location + "/bins?status=gone"))
                .is(400, "validation")
                .names("status");
    }

    @Test
    @DisplayName("DELETE needs the current ETag, and a bin without batches")
    void delete() throws Exception {
        String path = nursery.bin(location, "B-01");
        String batch = nursery.batch(path, "AGAVE");
        assertThatProblem(nursery.delete(path, "\"1\"")).is(412, "stale-version");
        assertThatProblem(nursery.delete(path, "\"0\"")).is(409, "in-use").at(path).names();
        assertThat(nursery.delete(batch, "\"0\"").statusCode()).isEqualTo(204);
        assertThat(nursery.delete(path, "\"0\"").statusCode()).isEqualTo(204);
        assertThatProblem(stack.get(path)).is(404, "not-found");
    }
}
