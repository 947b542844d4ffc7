package ai.demeter.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.StreamSupport;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;

/** Whether an answer is a problem as docs/guarantees.md has it, and gives nothing else away. */
public final class ProblemAssert extends AbstractAssert<ProblemAssert, HttpResponse<String>> {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final JsonNode body;

    private ProblemAssert(HttpResponse<String> answer) {
        super(answer, ProblemAssert.class);
        as("answer %s to %s with body %s", answer.statusCode(), answer.request(), answer.body());
        try {
            body = MAPPER.readTree(answer.body());
        } catch (JsonProcessingException e) {
            throw failure("no JSON");
        }
    }

    /** Checks the shape that all problems have. */
    public static ProblemAssert assertThatProblem(HttpResponse<String> answer) {
        return new ProblemAssert(answer).isAProblem();
    }

    private ProblemAssert isAProblem() {
        Assertions.assertThat(actual.headers().firstValue("Content-Type"))
                .as(descriptionText())
                .contains("application/problem+json");
        Assertions.assertThat(body.fieldNames())
                .toIterable()
                .as(descriptionText())
                .startsWith("type", "title", "status", "detail", "instance")
                .isSubsetOf("type", "title", "status", "detail", "instance", "errors", "requestId")
                .endsWith("requestId");
        Assertions.assertThat(actual.headers().firstValue("X-Request-Id"))
                .as(descriptionText())
                .contains(body.path("requestId").asText());
        Assertions.assertThat(body.path("status").intValue())
                .as(descriptionText())
                .isEqualTo(actual.statusCode());
        Assertions.assertThat(actual.body())
                .as(descriptionText())
                .doesNotContainPattern(
                        "(?i)exception|ai\\.demeter|java\\.|jackson|hibernate|postgres|\\bselect\\b|insert into|\\bat [a-z]+\\.")
                .doesNotContain("<", "\\n");
        return this;
    }

    /** Which of the problems it is. */
    public ProblemAssert is(int status, String name) {
        Assertions.assertThat(body.path("type").textValue())
                .as(descriptionText())
                .isEqualTo("urn:demeter:problem:" + name);
        Assertions.assertThat(actual.statusCode()).as(descriptionText()).isEqualTo(status);
        return this;
    }

    /** The path of the request. */
    public ProblemAssert at(String path) {
        Assertions.assertThat(body.path("instance").textValue())
                .as(descriptionText())
                .isEqualTo(path);
        return this;
    }

    /** The fields at fault, in order; none means that there is no such member. */
    public ProblemAssert names(String... fields) {
        List<String> named =
                StreamSupport.stream(body.path("errors").spliterator(), false)
                        .map(error -> error.path("field").textValue())
                        .toList();
        Assertions.assertThat(named).as(descriptionText()).containsExactly(fields);
        Assertions.assertThat(body.has("errors")).as(descriptionText()).isEqualTo(!named.isEmpty());
        for (JsonNode error : body.path("errors")) {
            Assertions.assertThat(error.path("message").textValue())
                    .as(descriptionText())
                    .isNotBlank();
        }
        return this;
    }
}
