package ai.demeter.incontainer;

import ai.demeter.run.Until;
import java.io.File;
import java.nio.file.Path;
import org.assertj.core.api.Assertions;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** What the in-container tests deploy: the WAR that was built, and the tests inside it. */
public final class Archive {
    private Archive() {}

    public static WebArchive with(Class<?>... tests) throws Exception {
        File war = Path.of(System.getProperty("target"), "demeter.war").toFile();
        File assertj =
                Path.of(
                                Assertions.class
                                        .getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toURI())
                        .toFile();
        return ShrinkWrap.create(ZipImporter.class, war.getName())
                .importFrom(war)
                .as(WebArchive.class)
                .addAsLibrary(assertj)
                .addClasses(tests)
                .addClasses(Probe.class, Outside.class, RoundTrips.class, Until.class);
    }
}
