package ai.demeter.batch;

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

/** Batches as docs/guarantees.md has them: what clients build upon. */
class BatchApiIT {
    private static Stack stack;
    private static Nursery nursery;
    private String bin;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.shared();
        nursery = new Nursery(stack);
    }

    @BeforeEach
    void createBin() throws Exception {
        nursery.empty();
        bin = nursery.bin();
    }

    @AfterEach
    void empty() throws SQLException {
        nursery.empty();
    }

    @Test
    @DisplayName("POST answers 201 with Location, ETag and the batch, which has no plants yet")
    void create() throws Exception {
        HttpResponse<String> created =
                stack.post(
                        bin + "/batches",
                        "{\"product\":\"AGAVE-01\",\"size\":\"XL\",\"quantity\":7}");
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        JsonNode batch = Nursery.json(created);
        assertThat(batch.fieldNames())
                .toIterable()
                .containsExactly(
                        "id",
                        "binId",
                        "product",
                        "size",
                        "quantity",
                        "version",
                        "createdAt",
                        "updatedAt");
        assertThat(batch.path("binId").longValue()).isEqualTo(Nursery.id(bin));
        assertThat(batch.path("size").textValue()).isEqualTo("XL");
        assertThat(batch.path("quantity").intValue()).isZero();
        assertThat(stack.get("/api/batches/" + batch.path("id")).body()).isEqualTo(created.body());
        assertThatProblem(stack.post(bin + "/batches", "{\"product\":\"agave\",\"size\":\"m\"}"))
                .is(400, "validation")
                .names("product", "size");
        String none = "/api/bins/999999999/batches";
        assertThatProblem(stack.post(none, "{\"product\":\"AGAVE\",\"size\":\"M\"}"))
                .is(404, "not-found");
        assertThatProblem(stack.get(none)).is(404, "not-found").at(none);
    }

    @Test
    @DisplayName("a movement changes quantity and ETag; a batch with movements stays")
    void moved() throws Exception {
        String batch = nursery.batch(bin, "AGAVE");
        nursery.create(batch + "/movements", "{\"type\":\"planting\",\"quantity\":12}");
        assertThat(stack.get(batch).headers().firstValue("ETag")).contains("\"1\"");
        assertThat(nursery.get(batch).path("quantity").intValue()).isEqualTo(12);
        assertThatProblem(nursery.delete(batch, "\"0\"")).is(412, "stale-version");
        assertThatProblem(nursery.delete(batch, "\"1\"")).is(409, "in-use").at(batch).names();
        assertThat(nursery.get(bin + "/batches?size=M").path("items")).hasSize(1);
        assertThat(nursery.get(bin + "/batches?size=L").path("items")).isEmpty();
    }
}
