package ai.demeter;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Otherwise a new business component could not be added without touching the others. */
class LayeringTest {
    private static final JavaClasses MAIN =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("ai.demeter");

    /** The rooms of the foundation: each may import those after it. */
    private static final List<String> FOUNDATION =
            List.of(
                    "status",
                    "http",
                    "idempotency",
                    "health",
                    "schema",
                    "bulk",
                    "database",
                    "pool",
                    "auth",
                    "traces",
                    "replica",
                    "connection",
                    "session",
                    "transport",
                    "settings",
                    "metrics",
                    "events");

    /** What a business component may import beside other components. */
    private static final Set<String> FOR_COMPONENTS = Set.of("http", "schema", "bulk", "database");

    @ParameterizedTest
    @FieldSource("FOUNDATION")
    @DisplayName(
            "imports run one way: status, http, idempotency, health, schema, bulk, database, pool, auth, traces, replica, connection, session, transport, settings, metrics, events")
    void oneWay(String room) {
        assertImportsOnly(room, FOUNDATION.subList(FOUNDATION.indexOf(room), FOUNDATION.size()));
    }

    @ParameterizedTest
    @MethodSource("components")
    @DisplayName(
            "every other room is a business component, and knows http, schema, bulk, database and components")
    void component(String room) {
        List<String> allowed = new ArrayList<>(components());
        allowed.addAll(FOR_COMPONENTS);
        assertImportsOnly(room, allowed);
    }

    static List<String> components() {
        return MAIN.stream()
                .map(type -> type.getPackageName().split("\\."))
                .filter(name -> name.length > 2)
                .map(name -> name[2])
                .distinct()
                .filter(room -> !FOUNDATION.contains(room))
                .sorted()
                .toList();
    }

    private static void assertImportsOnly(String room, List<String> allowed) {
        DescribedPredicate<JavaClass> known = resideOutsideOfPackage("ai.demeter..");
        for (String other : allowed) {
            known = known.or(resideInAPackage("ai.demeter." + other + ".."));
        }
        classes()
                .that()
                .resideInAPackage("ai.demeter." + room + "..")
                .should()
                .onlyDependOnClassesThat(known)
                .check(MAIN);
    }

    @Test
    @DisplayName(
            "the server loads replica, connection, session, transport, settings and events beside pgjdbc, without the libraries of the WAR")
    void outsideTheWar() {
        classes()
                .that()
                .resideInAnyPackage(
                        "ai.demeter.connection..",
                        "ai.demeter.events..",
                        "ai.demeter.replica..",
                        "ai.demeter.session..",
                        "ai.demeter.settings..",
                        "ai.demeter.transport..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "ai.demeter.connection..",
                        "ai.demeter.events..",
                        "ai.demeter.replica..",
                        "ai.demeter.session..",
                        "ai.demeter.settings..",
                        "ai.demeter.transport..",
                        "java..",
                        "jdk.jfr..",
                        "javax..",
                        "org.postgresql..")
                .check(MAIN);
    }

    @Test
    @DisplayName("only traces.sdk, to which nobody refers, uses OpenTelemetry: it is loaded apart")
    void loadedApart() {
        noClasses()
                .that()
                .resideOutsideOfPackage("ai.demeter.traces.sdk..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.opentelemetry..", "ai.demeter.traces.sdk..")
                .check(MAIN);
    }

    @Test
    @DisplayName("rooms do not depend on each other in a circle, business components included")
    void noCircles() {
        slices().matching("ai.demeter.(*)..").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    @DisplayName("every class is in a room")
    void rooms() {
        assertThat(MAIN)
                .filteredOn(type -> type.getPackageName().equals("ai.demeter"))
                .allMatch(type -> type.getSimpleName().equals("package-info"));
    }
}
