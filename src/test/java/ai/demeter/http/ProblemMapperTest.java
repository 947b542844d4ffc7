package ai.demeter.http;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.database.Failure;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Otherwise clients would be told the wrong cause. */
class ProblemMapperTest {
    private static Problem problem(String kind, boolean databaseLost) {
        Failure failure =
                new Failure(Failure.Kind.valueOf(kind), "warehouse_code_key", "warehouse", null);
        return ProblemMapper.ofFailure(failure, new IllegalStateException("secret"), databaseLost);
    }

    @ParameterizedTest
    @CsvSource({
        "UNKNOWN_OUTCOME, false, outcome-unknown, 500",
        "OVERLOADED, false, overloaded, 503",
        "OVERLOADED, true, overloaded, 503",
        "POOL_EXHAUSTED, false, pool-exhausted, 503",
        "POOL_EXHAUSTED, true, database-unavailable, 503",
        "UNREACHABLE, false, database-unavailable, 503",
        "TIMEOUT, false, timeout, 503",
        "CONTENTION, false, contention, 503",
        "DUPLICATE, false, duplicate, 409",
        "INVALID, false, validation, 400",
        "IN_USE, false, in-use, 409",
        "UNKNOWN_REFERENCE, false, validation, 400",
        "STALE, false, stale-version, 412",
        "OTHER, false, internal, 500"
    })
    @DisplayName("each kind of failure has its problem")
    void kinds(String kind, boolean databaseLost, String name, int status) {
        Problem problem = problem(kind, databaseLost);
        assertThat(problem.type()).isEqualTo("urn:demeter:problem:" + name);
        assertThat(problem.status()).isEqualTo(status);
        assertThat(problem.detail()).doesNotContain("secret").endsWith(".");
    }

    @Test
    @DisplayName("all kinds are tried here")
    void all() {
        Set<String> kinds = new TreeSet<>();
        for (Failure.Kind kind : Failure.Kind.values()) {
            kinds.add(kind.name());
        }
        assertThat(kinds)
                .containsExactly(
                        "CONTENTION",
                        "DUPLICATE",
                        "INVALID",
                        "IN_USE",
                        "OTHER",
                        "OVERLOADED",
                        "POOL_EXHAUSTED",
                        "STALE",
                        "TIMEOUT",
                        "UNKNOWN_OUTCOME",
                        "UNKNOWN_REFERENCE",
                        "UNREACHABLE");
    }

    @Test
    @DisplayName("a violated constraint names its field")
    void fields() {
        assertThat(problem("DUPLICATE", false).errors())
                .containsExactly(new Problem.FieldError("code", "exists already"));
        assertThat(problem("INVALID", false).errors())
                .containsExactly(new Problem.FieldError("code", "is not allowed"));
    }
}
