package ai.demeter.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the WAR consists of. */
@Tag("without-server")
class WarIT {
    private static final Path TARGET = Path.of(System.getProperty("checkout"), "target");
    private static final Path WAR = TARGET.resolve("demeter.war");
    private static final String LIBRARIES = "WEB-INF/lib/";

    /** Seen by no server, and by nobody but ai.demeter.traces.LoadedApart. */
    private static final String APART = "WEB-INF/opentelemetry/";

    @Test
    @DisplayName("No library in the WAR brings a class that a server, or another library, brings")
    void noDuplicates() throws IOException {
        // Would break: the servers load one or the other, and not the same one.
        Map<String, List<String>> owners = new HashMap<>();
        for (String name : System.getProperty("java.class.path").split(":")) {
            Path jar = Path.of(name);
            if (name.contains("jakartaee-api") || name.contains("microprofile")) {
                try (InputStream bytes = Files.newInputStream(jar)) {
                    classes(bytes, "the servers", owners);
                }
            }
        }
        assertThat(owners).containsKeys("jakarta/ws/rs/Path.class");
        for (String jar : List.of("postgresql.jar", "demeter-connection.jar")) {
            try (InputStream bytes = Files.newInputStream(TARGET.resolve(jar))) {
                classes(bytes, jar, owners);
            }
        }
        try (ZipFile war = new ZipFile(WAR.toFile())) {
            for (ZipEntry entry : war.stream().filter(WarIT::isLibrary).toList()) {
                try (InputStream bytes = war.getInputStream(entry)) {
                    classes(bytes, entry.getName(), owners);
                }
            }
        }
        owners.values().removeIf(those -> those.stream().distinct().count() == 1);
        assertThat(owners).isEmpty();
    }

    private static void classes(InputStream jar, String owner, Map<String, List<String>> owners)
            throws IOException {
        ZipInputStream zip = new ZipInputStream(jar);
        for (ZipEntry entry; (entry = zip.getNextEntry()) != null; ) {
            String name = entry.getName();
            if (name.endsWith(".class") && !name.endsWith("-info.class")) {
                owners.computeIfAbsent(name, key -> new ArrayList<>()).add(owner);
            }
        }
    }

    @Test
    @DisplayName("Its bill of materials lists the libraries that are in it, no more and no fewer")
    void billOfMaterials() throws IOException {
        // Would break: a library with a known weakness goes unseen.
        assumeTrue(Files.exists(TARGET.resolve("bom.json")), "built offline, without one");
        try (ZipFile war = new ZipFile(WAR.toFile())) {
            JsonNode bill =
                    new JsonMapper()
                            .readTree(war.getInputStream(war.getEntry("META-INF/sbom/bom.json")));
            List<String> listed = new ArrayList<>();
            for (JsonNode one : bill.path("components")) {
                listed.add(one.path("name").asText() + "-" + one.path("version").asText() + ".jar");
            }
            assertThat(listed)
                    .containsExactlyInAnyOrderElementsOf(
                            war.stream()
                                    .filter(entry -> isLibrary(entry) || isIn(APART, entry))
                                    .map(entry -> Path.of(entry.getName()).getFileName() + "")
                                    .toList());
        }
    }

    private static boolean isLibrary(ZipEntry entry) {
        return isIn(LIBRARIES, entry);
    }

    private static boolean isIn(String directory, ZipEntry entry) {
        return entry.getName().startsWith(directory) && entry.getName().endsWith(".jar");
    }
}
