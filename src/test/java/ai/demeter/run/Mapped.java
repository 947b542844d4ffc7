package ai.demeter.run;

import jakarta.persistence.EntityManager;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.hibernate.resource.jdbc.spi.StatementInspector;

/**
 * The entities of persistence.xml on a database, without a server: what the queries of a component
 * ask, statement by statement.
 */
public final class Mapped implements AutoCloseable {
    private static final Path PERSISTENCE =
            Path.of(
                    System.getProperty("basedir", "."),
                    "src/main/resources/META-INF/persistence.xml");

    private final List<String> statements = new ArrayList<>();
    private final SessionFactory factory;
    private final EntityManager entityManager;

    public Mapped(Postgres postgres) throws IOException, ClassNotFoundException {
        Configuration configuration =
                new Configuration()
                        .setProperty("hibernate.connection.url", postgres.url())
                        .setProperty("hibernate.connection.username", Postgres.USER)
                        .setProperty("hibernate.connection.password", Postgres.PASSWORD)
                        .setProperty("hibernate.jdbc.time_zone", "UTC")
                        .setStatementInspector(
                                (StatementInspector)
                                        sql -> {
                                            statements.add(sql);
                                            return sql;
                                        });
        for (String name : entities()) {
            configuration.addAnnotatedClass(Class.forName(name));
        }
        factory = configuration.buildSessionFactory();
        entityManager = factory.createEntityManager();
    }

    private static List<String> entities() throws IOException {
        return Pattern.compile("<class>(.*)</class>")
                .matcher(Files.readString(PERSISTENCE))
                .results()
                .map((MatchResult line) -> line.group(1))
                .toList();
    }

    /** Gives a bean the entity manager that the container would. */
    public <T> T in(T bean) throws ReflectiveOperationException {
        Field field = bean.getClass().getDeclaredField("entityManager");
        field.setAccessible(true);
        field.set(bean, entityManager);
        return bean;
    }

    /** Does something in one transaction, with nothing in memory before it. */
    public <T> T transaction(Callable<T> work) throws Exception {
        entityManager.clear();
        entityManager.getTransaction().begin();
        try {
            T result = work.call();
            entityManager.getTransaction().commit();
            return result;
        } catch (Exception e) {
            if (entityManager.getTransaction().isActive()) {
                entityManager.getTransaction().rollback();
            }
            throw e;
        }
    }

    /** What something asks of the database, a statement a line; without begin and commit. */
    public List<String> statements(Callable<?> work) throws Exception {
        statements.clear();
        transaction(work);
        return List.copyOf(statements);
    }

    @Override
    public void close() {
        entityManager.close();
        factory.close();
    }
}
