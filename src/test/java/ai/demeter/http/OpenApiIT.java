package ai.demeter.http;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Stack;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The description from which others generate their clients, held against the code: every resource
 * and every schema that there is, those of components to come as well.
 */
class OpenApiIT {
    private static final List<Class<?>> MAIN =
            new ClassFileImporter()
                            .withImportOption(new ImportOption.DoNotIncludeTests())
                            .importPackages("ai.demeter")
                            .stream()
                            .map(JavaClass::reflect)
                            .<Class<?>>map(type -> type)
                            .toList();

    private static JsonNode description;

    @BeforeAll
    static void read() throws Exception {
        Stack stack = Stack.shared();
        HttpResponse<String> answer =
                stack.send(stack.request("/openapi").header("Accept", "application/json"));
        assertThat(answer.statusCode()).isEqualTo(200);
        description = new JsonMapper().readTree(answer.body());
    }

    /** An operation as the code has it. */
    record Endpoint(String method, String path) {}

    static List<Endpoint> routes() {
        List<Endpoint> routes = new ArrayList<>();
        for (Class<?> type : MAIN) {
            for (Method method : type.getDeclaredMethods()) {
                httpMethod(method)
                        .filter(name -> type.isAnnotationPresent(Path.class))
                        .map(name -> new Endpoint(name, Route.template(type, method)))
                        .forEach(routes::add);
            }
        }
        return routes;
    }

    private static Stream<String> httpMethod(Method method) {
        return Arrays.stream(method.getAnnotations())
                .map(Annotation::annotationType)
                .map(annotation -> annotation.getAnnotation(HttpMethod.class))
                .filter(annotation -> annotation != null)
                .map(annotation -> annotation.value().toLowerCase(Locale.ROOT));
    }

    @Test
    @DisplayName("each route of the code is described, and no other")
    void all() {
        List<Endpoint> described = new ArrayList<>();
        description
                .path("paths")
                .fields()
                .forEachRemaining(
                        path ->
                                path.getValue()
                                        .fieldNames()
                                        .forEachRemaining(
                                                method ->
                                                        described.add(
                                                                new Endpoint(
                                                                        method, path.getKey()))));
        assertThat(described)
                .filteredOn(route -> route.path().startsWith("/api"))
                .containsExactlyInAnyOrderElementsOf(routes());
        assertThat(routes()).hasSizeGreaterThan(6);
    }

    @ParameterizedTest
    @MethodSource("routes")
    @DisplayName("each says what it does, what its parameters are, and what it answers")
    void route(Endpoint route) {
        JsonNode operation = operation(route.method(), route.path());
        assertThat(operation.path("summary").asText()).isNotBlank();
        JsonNode answers = operation.path("responses");
        assertThat(answers.fieldNames()).toIterable().contains("500", "503");
        if (route.path().contains("{")) {
            assertThat(answers.has("404")).isTrue();
        }
        if (operation.has("requestBody")) {
            assertThat(answers.fieldNames()).toIterable().contains("400", "409", "413", "415");
        }
        assertThat(answers.fieldNames())
                .toIterable()
                .as("what it answers when all is well")
                .anyMatch(status -> status.startsWith("2"));
        for (JsonNode answer : answers) {
            assertThat(answer.path("description").asText()).as(answers.toString()).isNotBlank();
        }
        for (JsonNode parameter : operation.path("parameters")) {
            assertThat(parameter.path("description").asText())
                    .as(parameter.toString())
                    .isNotBlank();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/api/warehouses, get, 200 400 503",
        "/api/warehouses, post, 201 400 409 413 415 422 503",
        "/api/warehouses/{id}, get, 200 304 404 503",
        "/api/warehouses/{id}, put, 200 400 404 409 412 415 422 428 503",
        "/api/warehouses/{id}, delete, 204 404 409 412 422 428 503"
    })
    @DisplayName("what the methods of a resource answer, for one that has them all")
    void answers(String path, String method, String statuses) {
        assertThat(operation(method, path).path("responses").fieldNames())
                .toIterable()
                .contains(statuses.split(" "));
    }

    // Would break: the servers do not know the names of the wire, and tell others or none.
    @Test
    @DisplayName("parameters that are enums have the names of the wire")
    void enumParameters() {
        int seen = 0;
        for (Class<?> type : MAIN) {
            for (Method method : type.getDeclaredMethods()) {
                for (java.lang.reflect.Parameter parameter : method.getParameters()) {
                    if (parameter.isAnnotationPresent(QueryParam.class)
                            && parameter.getType().isEnum()) {
                        JsonNode operation =
                                operation(
                                        httpMethod(method).findFirst().orElseThrow(),
                                        Route.template(type, method));
                        String name = parameter.getAnnotation(QueryParam.class).value();
                        JsonNode schema = parameter(operation, name).path("schema");
                        assertThat(resolved(schema).path("enum"))
                                .as(method + ": " + schema)
                                .extracting(JsonNode::textValue)
                                .containsExactlyElementsOf(wireNames(parameter.getType()));
                        seen++;
                    }
                }
            }
        }
        assertThat(seen).isPositive();
    }

    static List<Class<?>> schemas() {
        return MAIN.stream()
                .filter(Class::isRecord)
                .filter(type -> type.isAnnotationPresent(Schema.class))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("schemas")
    @DisplayName("each schema has the members of its record, with examples, enums with their names")
    void schema(Class<?> type) {
        String name = type.getAnnotation(Schema.class).name();
        JsonNode schema = description.path("components").path("schemas").path(name);
        assertThat(schema.path("description").asText()).as(name + ": " + schema).isNotBlank();
        JavaType javaType = JsonBinding.MAPPER.constructType(type);
        BeanDescription record = JsonBinding.MAPPER.getSerializationConfig().introspect(javaType);
        assertThat(schema.path("properties").fieldNames())
                .toIterable()
                .as(schema.toString())
                .containsExactlyInAnyOrderElementsOf(
                        record.findProperties().stream()
                                .filter(property -> property.couldSerialize())
                                .map(property -> property.getName())
                                .toList());
        record.findProperties()
                .forEach(
                        property -> {
                            JsonNode described = schema.path("properties").path(property.getName());
                            assertThat(
                                            described.has("example")
                                                    || described.has("examples")
                                                    || described.has("items"))
                                    .as(name + "." + property.getName() + ": " + described)
                                    .isTrue();
                            if (property.getRawPrimaryType().isEnum()) {
                                assertThat(resolved(described).path("enum"))
                                        .as(name + "." + property.getName() + ": " + described)
                                        .extracting(JsonNode::textValue)
                                        .containsExactlyElementsOf(
                                                wireNames(property.getRawPrimaryType()));
                            }
                        });
    }

    @Test
    @DisplayName("a problem has the members that are answered")
    void problem() {
        assertThat(
                        description
                                .path("components")
                                .path("schemas")
                                .path("Problem")
                                .path("properties")
                                .fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "type",
                        "title",
                        "status",
                        "detail",
                        "instance",
                        "errors",
                        "requestId",
                        "traceId");
    }

    private static List<String> wireNames(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> JsonBinding.MAPPER.convertValue(constant, String.class))
                .toList();
    }

    private static JsonNode operation(String method, String path) {
        return description.path("paths").path(path).path(method);
    }

    private static JsonNode parameter(JsonNode operation, String name) {
        for (JsonNode parameter : operation.path("parameters")) {
            if (parameter.path("name").asText().equals(name)) {
                return parameter;
            }
        }
        throw new AssertionError("no parameter " + name + " in " + operation);
    }

    /** A schema, or the one that it refers to: the servers describe an enum in either way. */
    private static JsonNode resolved(JsonNode schema) {
        JsonNode reference = schema.has("$ref") ? schema.path("$ref") : schema.at("/allOf/0/$ref");
        return reference.isTextual() ? description.at(reference.textValue().substring(1)) : schema;
    }
}
