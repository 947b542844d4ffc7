package ai.demeter;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Otherwise a new business component could not be added without touching the others. */
class LayeringTest {
    private static final JavaClasses MAIN =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("ai.demeter");

    @ParameterizedTest
    @CsvSource({
        "connection, connection",
        "metrics, metrics",
        "database, database metrics connection",
        "http, http database metrics connection",
        "warehouse, warehouse http database connection"
    })
    @DisplayName("imports run one way: warehouse, http, database, connection")
    void oneWay(String room, String allowed) {
        DescribedPredicate<JavaClass> known = resideOutsideOfPackage("ai.demeter..");
        for (String other : allowed.split(" ")) {
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
    @DisplayName("the server loads connection beside pgjdbc, without the libraries of the WAR")
    void outsideTheWar() {
        classes()
                .that()
                .resideInAPackage("ai.demeter.connection..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "ai.demeter.connection..", "java..", "javax..", "org.postgresql..")
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
