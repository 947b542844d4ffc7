package ai.demeter.bench;

import com.zaxxer.hikari.HikariDataSource;
import io.agroal.api.AgroalDataSource;
import io.agroal.pool.ConnectionPool;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.slf4j.Logger;

/** The WAR with the measuring code in it, and beside it what the start scripts look for. */
final class Archive {
    private Archive() {}

    /** Makes it; {@code demeter.war} itself stays as it was built. */
    static void make(Path target, Path home) throws IOException, URISyntaxException {
        Files.createDirectories(home);
        for (String file :
                List.of("payara-micro.jar", "postgresql.jar", "demeter-connection.jar")) {
            Files.copy(
                    target.resolve(file), home.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        WebArchive archive =
                ShrinkWrap.create(ZipImporter.class, "demeter.war")
                        .importFrom(target.resolve("demeter.war").toFile())
                        .as(WebArchive.class)
                        .addClasses(Inside.class, Work.class, OtherPools.class)
                        .addClasses(Figures.class, Line.class);
        for (Class<?> library :
                List.of(
                        HikariDataSource.class,
                        AgroalDataSource.class,
                        ConnectionPool.class,
                        Histogram.class,
                        Logger.class)) {
            archive.addAsLibrary(jar(library));
        }
        archive.as(ZipExporter.class).exportTo(home.resolve("demeter.war").toFile(), true);
    }

    private static File jar(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toFile();
    }
}
