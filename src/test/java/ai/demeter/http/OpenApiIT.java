package ai.demeter.http;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Stack;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The description from which others generate their clients. */
class OpenApiIT {
    private static JsonNode description;

    @BeforeAll
    static void read() throws Exception {
        Stack stack = Stack.shared();
        HttpResponse<String> answer =
                stack.send(stack.request("/openapi").header("Accept", "application/json"));
        assertThat(answer.statusCode()).isEqualTo(200);
        description = new JsonMapper().readTree(answer.body());
    }

    @ParameterizedTest
    @CsvSource({
        "/api/warehouses, get, 200 400 503",
        "/api/warehouses, post, 201 400 409 413 415 503",
        "/api/warehouses/batch, post, 201 400 409 413 415 503",
        "/api/warehouses/{id}, get, 200 304 404 503",
        "/api/warehouses/{id}, put, 200 400 404 409 412 415 428 503",
        "/api/warehouses/{id}, delete, 204 404 412 428 503"
    })
    @DisplayName("each route says what it does and what it answers")
    void route(String path, String method, String statuses) {
        JsonNode operation = description.path("paths").path(path).path(method);
        assertThat(operation.path("summary").asText())
                .as(description.path("paths").toString())
                .isNotBlank();
        assertThat(operation.path("responses").fieldNames())
                .toIterable()
                .contains(statuses.split(" "));
        for (JsonNode answer : operation.path("responses")) {
            assertThat(answer.path("description").asText()).isNotBlank();
        }
    }

    @Test
    @DisplayName("there are no others")
    void noOthers() {
        assertThat(description.path("paths").fieldNames())
                .toIterable()
                .filteredOn(path -> path.startsWith("/api"))
                .containsExactlyInAnyOrder(
                        "/api/warehouses", "/api/warehouses/batch", "/api/warehouses/{id}");
    }

    @ParameterizedTest
    @CsvSource({"limit", "after", "type", "active"})
    @DisplayName("the parameters of the list are described")
    void parameters(String name) {
        assertThat(description.path("paths").path("/api/warehouses").path("get").path("parameters"))
                .filteredOn(parameter -> parameter.path("name").asText().equals(name))
                .singleElement()
                .satisfies(
                        parameter ->
                                assertThat(parameter.path("description").asText()).isNotBlank());
    }

    @ParameterizedTest
    @CsvSource({
        "Warehouse, id code name type active version createdAt updatedAt",
        "WarehouseInput, code name type active",
        "Problem, type title status detail instance errors requestId"
    })
    @DisplayName("each schema has its members, with examples")
    void schema(String name, String members) {
        JsonNode schema = description.path("components").path("schemas").path(name);
        assertThat(schema.path("description").asText()).as(schema.toString()).isNotBlank();
        assertThat(schema.path("properties").fieldNames())
                .toIterable()
                .as(schema.toString())
                .containsExactlyInAnyOrder(members.split(" "));
        for (String member : members.split(" ")) {
            JsonNode property = schema.path("properties").path(member);
            assertThat(property.has("example") || property.has("examples") || property.has("items"))
                    .as(name + "." + member + ": " + property)
                    .isTrue();
        }
    }
}
