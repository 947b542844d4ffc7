package ai.demeter.schema;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.MigrateResult;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;

/** Brings the schema up to date, and says what was done to it. */
final class Migrations {
    private final Flyway flyway;

    /**
     * Migrates nothing yet.
     *
     * @param database as the owner of the tables
     * @param locations of the migrations, as Flyway names them
     */
    Migrations(DataSource database, String... locations) {
        FluentConfiguration configuration =
                Flyway.configure(Migrations.class.getClassLoader())
                        .dataSource(database)
                        .locations(locations)
                        .validateMigrationNaming(true);
        // The lock that lets one instance migrate at a time is held by a session: CREATE INDEX
        // CONCURRENTLY would wait for the end of a transaction.
        configuration
                .getConfigurationExtension(PostgreSQLConfigurationExtension.class)
                .setTransactionalLock(false);
        flyway = configuration.load();
    }

    MigrateResult migrate() {
        return flyway.migrate();
    }

    /** What was applied, the first one first. */
    List<Applied> applied() {
        return Arrays.stream(flyway.info().applied())
                .map(
                        done ->
                                new Applied(
                                        Objects.toString(done.getVersion(), null),
                                        done.getDescription(),
                                        done.getInstalledOn().toInstant(),
                                        Duration.ofMillis(done.getExecutionTime())))
                .toList();
    }
}
