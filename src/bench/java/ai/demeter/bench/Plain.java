package ai.demeter.bench;

import ai.demeter.bench.plain.PlainApi;
import ai.demeter.run.Postgres;
import ai.demeter.run.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.jboss.shrinkwrap.api.Filters;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/**
 * A server as it comes, with the application of {@link ai.demeter.bench.plain}: no option of the
 * JVM but Demeter's own limit of the heap, and no setting of the server.
 */
final class Plain {
    /** And no Jackson, for which WildFly would leave JSON-B. */
    private static final String HIBERNATE =
            "/WEB-INF/lib/(hibernate|antlr4|byte-buddy|classmate|jandex).*";

    private static final String ROOT_OF_WILDFLY =
            "<jboss-web><context-root>/</context-root></jboss-web>";

    private Plain() {}

    /**
     * As it is started on a database that has the table, and known to be ready: when it answers.
     *
     * @param checkout the checkout that was built
     * @param directory for what it leaves
     */
    static Contender contender(
            Server.Kind kind,
            Path checkout,
            Path directory,
            Postgres postgres,
            Duration readyWithin) {
        return new Contender(
                Line.PLAIN,
                () -> launch(kind, checkout, directory, postgres),
                server -> server.awaitOk("/api/warehouses?limit=1", readyWithin));
    }

    private static Server launch(Server.Kind kind, Path checkout, Path directory, Postgres postgres)
            throws IOException {
        Path target = checkout.resolve("target");
        Path home = directory.resolve("plain");
        FileUtils.deleteDirectory(home.toFile());
        Path war = Files.createDirectories(home).resolve("plain.war");
        export(kind, target, postgres, war);
        int port = Postgres.freePort();
        Path log = directory.resolve("plain.log");
        ProcessBuilder builder =
                new ProcessBuilder(
                        kind.isWildFly()
                                ? wildfly(checkout, home, war, port)
                                : payara(target.resolve("payara-micro.jar"), war, port));
        builder.environment().remove("JAVA_OPTS"); // WildFly has -Xmx512m of itself
        builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        return Server.start(builder, port);
    }

    private static List<String> payara(Path jar, Path war, int port) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-jar",
                jar.toString(),
                "--nohazelcast",
                "--port",
                Integer.toString(port),
                "--deploy",
                war.toString(),
                "--contextroot",
                "/");
    }

    /** With standalone.xml, which install.sh leaves as it is. */
    private static List<String> wildfly(Path checkout, Path home, Path war, int port)
            throws IOException {
        Path base = home.resolve("standalone");
        FileUtils.copyDirectory(
                Server.Kind.WILDFLY.base(checkout).resolve("configuration").toFile(),
                base.resolve("configuration").toFile());
        Path deployments = Files.createDirectories(base.resolve("deployments"));
        Files.copy(war, deployments.resolve(war.getFileName()));
        return List.of(
                Server.Kind.WILDFLY.home(checkout).resolve("bin/standalone.sh").toString(),
                "-Djboss.server.base.dir=" + base,
                "-Djboss.http.port=" + port,
                "-Djboss.https.port=" + Postgres.freePort(),
                "-Djboss.management.http.port=" + Postgres.freePort());
    }

    /** Hibernate and pgjdbc are those of Demeter. */
    private static void export(Server.Kind kind, Path target, Postgres postgres, Path war) {
        WebArchive demeter =
                ShrinkWrap.create(ZipImporter.class, "demeter.war")
                        .importFrom(target.resolve("demeter.war").toFile())
                        .as(WebArchive.class);
        ShrinkWrap.create(WebArchive.class, "plain.war")
                .merge(demeter, Filters.include(HIBERNATE))
                .addAsLibrary(target.resolve("postgresql.jar").toFile())
                .addPackage(PlainApi.class.getPackage())
                .addAsWebInfResource(new StringAsset(""), "beans.xml")
                .addAsWebInfResource(new StringAsset(ROOT_OF_WILDFLY), "jboss-web.xml")
                .addAsResource(new StringAsset(persistence(kind)), "META-INF/persistence.xml")
                .setWebXML(new StringAsset(web(kind, postgres)))
                .as(ZipExporter.class)
                .exportTo(war.toFile(), true);
    }

    private static String persistence(Server.Kind kind) {
        return """
        <persistence xmlns="https://jakarta.ee/xml/ns/persistence" version="3.0">
          <persistence-unit name="plain" transaction-type="JTA">
            <provider>org.hibernate.jpa.HibernatePersistenceProvider</provider>
            <jta-data-source>java:app/jdbc/plain</jta-data-source>
            <class>ai.demeter.bench.plain.PlainWarehouse</class>
            <exclude-unlisted-classes>true</exclude-unlisted-classes>
            <properties>
              <property name="hibernate.boot.allow_jdbc_metadata_access" value="false"/>
              <property name="jakarta.persistence.database-product-name" value="PostgreSQL"/>
              <property name="jakarta.persistence.database-major-version" value="18"/>
              <property name="hibernate.transaction.jta.platform" value="%s"/>
              <property name="hibernate.enhancer.enableDirtyTracking" value="false"/>
              <property name="hibernate.enhancer.enableLazyInitialization" value="false"/>
              <property name="jboss.as.jpa.providerModule" value="application"/>
            </properties>
          </persistence-unit>
        </persistence>
        """
                .formatted(kind.isWildFly() ? "JBossAS" : "SunOne");
    }

    private static String web(Server.Kind kind, Postgres postgres) {
        String validation =
                """
                <property><name>fish.payara.is-connection-validation-required</name><value>true</value></property>
                <property><name>fish.payara.connection-validation-method</name><value>custom-validation</value></property>
                <property><name>fish.payara.validation-classname</name>
                  <value>org.glassfish.api.jdbc.validation.JDBC40ConnectionValidation</value></property>
                """;
        return """
        <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
          <data-source>
            <name>java:app/jdbc/plain</name>
            <class-name>org.postgresql.ds.PGSimpleDataSource</class-name>
            <url>%s</url>
            <user>%s</user>
            <password>%s</password>
            %s
            <initial-pool-size>20</initial-pool-size>
            <max-pool-size>30</max-pool-size>
            <min-pool-size>20</min-pool-size>
          </data-source>
        </web-app>
        """
                .formatted(
                        postgres.url(),
                        Postgres.USER,
                        Postgres.PASSWORD,
                        kind.isWildFly() ? "" : validation);
    }
}
