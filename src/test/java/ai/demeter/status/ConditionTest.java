package ai.demeter.status;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.schema.Schema;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Otherwise the first thing that a person reads about the service would be wrong. */
class ConditionTest {
    private static final Optional<Duration> JUST_NOW = Optional.of(Duration.ofMillis(340));

    @ParameterizedTest
    @DisplayName("the worst that holds is told")
    @CsvSource({
        "true, true, true, INVALID, 30, 5, STOPPING",
        "false, true, true, INVALID, 30, 5, UNREACHABLE",
        "false, false, true, INVALID, 30, 5, INVALID",
        "false, false, true, MIGRATING, 30, 5, MIGRATING",
        "false, false, true, CURRENT, 30, 5, REFUSING",
        "false, false, false, CURRENT, 30, 0, SATURATED",
        "false, false, false, CURRENT, 29, 1, SATURATED",
        "false, false, false, CURRENT, 29, 0, SERVING"
    })
    void worst(
            boolean stopping,
            boolean lost,
            boolean refusing,
            Schema.State schema,
            int busy,
            int waiting,
            Condition.State expected) {
        Condition condition =
                Condition.of(
                        new Condition.Facts(
                                stopping, lost, refusing, schema, busy, 30, waiting, JUST_NOW));
        assertThat(condition.state()).isEqualTo(expected);
    }

    @Test
    @DisplayName("the sentence has the figures that matter")
    void sentences() {
        assertThat(sentence(false, 4, 0, JUST_NOW))
                .isEqualTo(
                        "Serving. 4 of 30 connections busy, none waiting; database reached 0.3 s ago.");
        assertThat(sentence(false, 30, 12, JUST_NOW))
                .isEqualTo(
                        "Serving, but short of connections. 30 of 30 connections busy, 12 waiting;"
                                + " database reached 0.3 s ago.");
        assertThat(sentence(true, 0, 0, Optional.of(Duration.ofSeconds(130))))
                .startsWith("Database lost. It was last reached 2 min ago; requests");
        assertThat(sentence(true, 0, 0, Optional.empty()))
                .startsWith("Database lost. It was not reached since the start; requests");
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("each state has its row in the documentation, which the page links to")
    void documented(Condition.State state) throws Exception {
        String operations =
                Files.readString(Path.of(System.getProperty("basedir", "."), "docs/operations.md"));
        assertThat(operations).contains("\n| `" + state.wireName() + "` |");
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("so has each kind of event")
    void documented(ai.demeter.events.Event.Kind kind) throws Exception {
        String operations =
                Files.readString(Path.of(System.getProperty("basedir", "."), "docs/operations.md"));
        assertThat(operations).contains("\n| `" + kind.wireName() + "` |");
    }

    private static String sentence(
            boolean lost, int busy, int waiting, Optional<Duration> sinceAnswer) {
        return Condition.of(
                        new Condition.Facts(
                                false,
                                lost,
                                false,
                                Schema.State.CURRENT,
                                busy,
                                30,
                                waiting,
                                sinceAnswer))
                .sentence();
    }
}
