package ai.demeter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Otherwise the documents would send readers to tests, pages and sections that are not there. */
class DocumentationTest {
    private static final Path CHECKOUT = Path.of(System.getProperty("basedir", "."));
    private static final Path GUARANTEES = CHECKOUT.resolve("docs/guarantees.md");
    private static final Path DECISIONS = CHECKOUT.resolve("docs/decisions");
    private static final int MOST_WORDS = 2_000;

    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+(?:Test|IT))(?:\\.(\\w+))?`");
    private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)#]*)(?:#([^)]*))?\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

    @Test
    @DisplayName("README.md is read to the end: it has at most 2,000 words")
    void readme() throws IOException {
        assertThat(Files.readString(CHECKOUT.resolve("README.md")).trim().split("\\s+").length)
                .isLessThanOrEqualTo(MOST_WORDS);
    }

    @Test
    @DisplayName("every test that docs/guarantees.md names exists")
    void tests() throws IOException {
        List<String> missing = new ArrayList<>();
        Matcher named = TEST.matcher(Files.readString(GUARANTEES));
        int count = 0;
        while (named.find()) {
            count++;
            Optional<String> source = source(named.group(1));
            String method = named.group(2);
            if (source.isEmpty() || method != null && !source.get().contains(" " + method + "(")) {
                missing.add(named.group());
            }
        }
        assertThat(missing).isEmpty();
        assertThat(count).isPositive();
    }

    private static Optional<String> source(String test) throws IOException {
        try (Stream<Path> files = Files.walk(CHECKOUT.resolve("src/test/java"))) {
            Optional<Path> file = files.filter(path -> path.endsWith(test + ".java")).findAny();
            return file.isEmpty() ? Optional.empty() : Optional.of(Files.readString(file.get()));
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    @DisplayName("every link to a file, and to a section of it, leads somewhere")
    void links(Path page) throws IOException {
        List<String> broken = new ArrayList<>();
        Matcher link = LINK.matcher(Files.readString(page));
        while (link.find()) {
            Path target =
                    link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1)).normalize();
            String section = link.group(2);
            if (!Files.exists(target) || section != null && !sections(target).contains(section)) {
                broken.add(link.group());
            }
        }
        assertThat(broken).as(page.toString()).isEmpty();
    }

    static List<Path> pages() throws IOException {
        try (Stream<Path> top = Files.list(CHECKOUT);
                Stream<Path> docs = Files.walk(CHECKOUT.resolve("docs"))) {
            return Stream.concat(top, docs)
                    .filter(path -> path.toString().endsWith(".md"))
                    .toList();
        }
    }

    /** As GitHub names them. */
    private static List<String> sections(Path page) throws IOException {
        return HEADING.matcher(Files.readString(page))
                .results()
                .map(heading -> heading.group(1).toLowerCase(java.util.Locale.ROOT))
                .map(heading -> heading.replaceAll("[^\\w -]", "").replace(' ', '-'))
                .toList();
    }

    @Test
    @DisplayName("every decision is in the list of decisions")
    void decisions() throws IOException {
        String list = Files.readString(DECISIONS.resolve("README.md"));
        try (Stream<Path> pages = Files.list(DECISIONS)) {
            assertThat(pages.map(page -> page.getFileName().toString()))
                    .filteredOn(name -> !name.equals("README.md"))
                    .isNotEmpty()
                    .allMatch(name -> list.contains("(" + name + ")"));
        }
    }
}
