package ai.demeter.bench;

import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.postgresql.Driver;

/**
 * HikariCP and Agroal beside Demeter's pool: as large, on the same database, in the same JVM.
 *
 * <p>Both check as Demeter does, with {@code Connection.isValid} unless that was needless for the
 * last 500 ms: HikariCP by default (com.zaxxer.hikari.aliveBypassWindowMs), Agroal by its
 * idleValidationTimeout, which is off by default.
 */
@ApplicationScoped
public class OtherPools {
    private static final Duration TRUST = Duration.ofMillis(500);
    private static final int SIZE = Settings.current().number(Variable.DB_POOL_SIZE);
    private static final int MOST = Settings.current().poolMaximum();

    private final String url = System.getenv("DATABASE_URL");
    private final String user = System.getenv("DATABASE_USER");
    private final String password = System.getenv("DATABASE_PASSWORD");

    private HikariDataSource hikari;
    private AgroalDataSource agroal;

    @PostConstruct
    void open() {
        HikariConfig config = new HikariConfig();
        // Not by URL: DriverManager does not see a driver that the server's class loader has.
        config.setDataSourceClassName("org.postgresql.ds.PGSimpleDataSource");
        config.addDataSourceProperty("url", url);
        config.setUsername(user);
        config.setPassword(password);
        config.setMinimumIdle(SIZE);
        config.setMaximumPoolSize(MOST);
        hikari = new HikariDataSource(config);

        try {
            agroal =
                    AgroalDataSource.from(
                            new AgroalDataSourceConfigurationSupplier()
                                    .connectionPoolConfiguration(
                                            pool ->
                                                    pool.initialSize(SIZE)
                                                            .minSize(SIZE)
                                                            .maxSize(MOST)
                                                            .acquisitionTimeout(
                                                                    Duration.ofSeconds(30))
                                                            .connectionValidator(
                                                                    ConnectionValidator
                                                                            .defaultValidator())
                                                            .idleValidationTimeout(TRUST)
                                                            .connectionFactoryConfiguration(
                                                                    factory ->
                                                                            factory.connectionProviderClass(
                                                                                            Driver
                                                                                                    .class)
                                                                                    .jdbcUrl(url)
                                                                                    .principal(
                                                                                            new NamePrincipal(
                                                                                                    user))
                                                                                    .credential(
                                                                                            new SimplePassword(
                                                                                                    password)))));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @PreDestroy
    void close() {
        hikari.close();
        agroal.close();
    }

    DataSource hikari() {
        return hikari;
    }

    DataSource agroal() {
        return agroal;
    }
}
