package ai.demeter.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** What {@code /health/ready} answers. */
public final class Readiness {
    private Readiness() {}

    /** The data of the check {@code database}: the pool's figures and what state it is in. */
    public static JsonNode database(String answer) throws JsonProcessingException {
        JsonNode body = new JsonMapper().readTree(answer);
        for (JsonNode check : body.path("checks")) {
            if (check.path("name").asText().equals("database")) {
                return check.path("data");
            }
        }
        throw new AssertionError(body);
    }
}
