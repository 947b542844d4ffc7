package ai.demeter.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Otherwise the documentation would promise variables or defaults that do not hold. */
class DocumentedVariablesTest {
    private static final Path CHECKOUT = Path.of(System.getProperty("basedir", "."));

    /** A row of the table: the names in the first cell, their defaults in the second. */
    private static final Pattern ROW =
            Pattern.compile("\\| *(`[A-Z_]+`(?:, *`[A-Z_]+`)*) *\\| *([^|]+?) *\\|.*");

    private static final Pattern ASSIGNMENT = Pattern.compile("(?:# ?)?([A-Z][A-Z_]+)=(.*)");

    @Test
    @DisplayName("README.md has them all, in order, with their defaults")
    void readme() throws IOException {
        Map<String, String> documented = new LinkedHashMap<>();
        boolean ofVariables = false;
        for (String line : Files.readAllLines(CHECKOUT.resolve("README.md"))) {
            // The tables of variables are those that say so in their head.
            ofVariables = line.startsWith("| Variable") || ofVariables && line.startsWith("|");
            Matcher row = ROW.matcher(line);
            if (ofVariables && row.matches()) {
                List<String> names = cell(row.group(1));
                List<String> defaults =
                        cell(row.group(2)).stream()
                                // Another variable stands in for it, or nothing does.
                                .map(value -> documented.containsKey(value) ? "" : value)
                                .map(value -> value.equals("none") ? "" : value)
                                .toList();
                for (int i = 0; i < names.size(); i++) {
                    // One default for several variables holds for each of them.
                    documented.put(names.get(i), defaults.get(defaults.size() == 1 ? 0 : i));
                }
            }
        }
        assertThat(documented).containsExactlyEntriesOf(expected());
    }

    @Test
    @DisplayName(".env.example has them all, in order, with their defaults")
    void example() throws IOException {
        Map<String, String> documented = new LinkedHashMap<>();
        for (String line : Files.readAllLines(CHECKOUT.resolve(".env.example"))) {
            Matcher assignment = ASSIGNMENT.matcher(line);
            if (assignment.matches()) {
                documented.put(assignment.group(1), assignment.group(2).strip());
            }
        }
        assertThat(documented).containsExactlyEntriesOf(expected());
    }

    private static Map<String, String> expected() {
        Map<String, String> expected = new LinkedHashMap<>();
        for (Variable variable : Variable.values()) {
            expected.put(variable.name(), variable.defaultValue());
        }
        return expected;
    }

    /** The values of a cell, without their backticks. */
    private static List<String> cell(String text) {
        return Arrays.stream(text.split(",")).map(value -> value.strip().replace("`", "")).toList();
    }
}
