package ai.demeter.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the migrations have to keep to, so that errors find the field they are about. */
class MigrationsTest {
    private static final Pattern REFERENCE =
            Pattern.compile(
                    "CONSTRAINT\\s+(\\w+)\\s+(?:FOREIGN\\s+KEY\\s*\\([^)]*\\)\\s*)?REFERENCES\\s+\\w+"
                            + "(?:\\s*\\([^)]*\\))?\\s+ON\\s+DELETE\\s+(?!NO\\s+ACTION)\\w+",
                    Pattern.CASE_INSENSITIVE);

    // Would break: NO ACTION, the default, is reported by the same SQLState as a reference to what
    // is not there, and who deletes something in use would be told that a field does not exist.
    @ParameterizedTest
    @MethodSource("migrations")
    @DisplayName("each foreign key has a name, and says what deletion does")
    void foreignKeys(Path migration) throws IOException {
        String sql = Files.readString(migration).replaceAll("--.*", "");
        long references =
                Pattern.compile("\\bREFERENCES\\b", Pattern.CASE_INSENSITIVE)
                        .matcher(sql)
                        .results()
                        .count();
        List<String> names =
                REFERENCE
                        .matcher(sql)
                        .results()
                        .map(MatchResult::group)
                        .map(String::strip)
                        .toList();
        assertThat(names).hasSize((int) references);
    }

    static List<Path> migrations() {
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/db/migration"))) {
            return files.filter(file -> file.toString().endsWith(".sql")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
