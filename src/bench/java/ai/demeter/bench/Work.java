package ai.demeter.bench;

import ai.demeter.database.UnitOfWork;
import ai.demeter.warehouse.WarehouseInput;
import ai.demeter.warehouse.WarehouseType;
import ai.demeter.warehouse.Warehouses;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceUnit;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;

/** What is measured in the container, each once. */
@ApplicationScoped
public class Work {
    static final String BORROW = "borrow and return";
    static final String SELECT = "SELECT 1";
    static final String SESSION = "session creation";
    static final String TRANSACTION = "empty transaction";
    static final String FIND = "find by id";
    static final String INSERT = "insert";
    static final String BATCH = "batch insert, rows";

    /** Rows of a batch (docs/guarantees.md: at most). */
    static final int BATCH_ROWS = 10_000;

    private static final AtomicLong CODES = new AtomicLong();

    /** Something that can be measured. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }

    @PersistenceUnit(unitName = "demeter")
    private EntityManagerFactory sessions;

    @Inject private Warehouses warehouses;
    @Inject private OtherPools others;
    @Inject private Work self;

    Step of(String what, String by, long id) throws NamingException {
        return switch (what) {
            case BORROW -> {
                DataSource pool = pool(by);
                yield () -> pool.getConnection().close();
            }
            case SELECT -> {
                DataSource pool = pool(by);
                yield () -> selectOne(pool);
            }
            case SESSION -> () -> sessions.createEntityManager().close();
            case TRANSACTION -> () -> self.nothing();
            case FIND -> () -> warehouses.find(id).orElseThrow();
            case INSERT -> () -> warehouses.add(next());
            case BATCH -> () -> warehouses.addAll(batch());
            default -> throw new IllegalArgumentException(what);
        };
    }

    /** Called by way of {@link #self}, so that the interceptor sees it. */
    @UnitOfWork
    public void nothing() {}

    private DataSource pool(String by) throws NamingException {
        return switch (by) {
            case Line.HIKARI -> others.hikari();
            case Line.AGROAL -> others.agroal();
            default -> InitialContext.doLookup("jdbc/demeter");
        };
    }

    private static void selectOne(DataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement("SELECT 1");
                ResultSet rows = statement.executeQuery()) {
            rows.next();
        }
    }

    private static List<WarehouseInput> batch() {
        return Stream.generate(Work::next).limit(BATCH_ROWS).toList();
    }

    private static WarehouseInput next() {
        return new WarehouseInput(
                "I-" + CODES.incrementAndGet(), "Greenhouse", WarehouseType.GREENHOUSE, true);
    }
}
