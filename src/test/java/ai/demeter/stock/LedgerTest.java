package ai.demeter.stock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the database itself holds of the ledger, against whoever has the application's rights. Would
 * break: a fault of the application, or a person with psql, makes numbers that are no longer true.
 */
class LedgerTest {
    private static final String UNTRUE =
            """
            SELECT count(*) FROM batch b
            WHERE quantity < 0
               OR quantity <> (SELECT coalesce(sum(m.quantity), 0) FROM movement m WHERE m.batch_id = b.id)
            """;

    @TempDir static Path folder;
    private static Postgres postgres;
    private Connection connection;
    private long batch;
    private long sibling;
    private long ofAnotherProduct;

    @BeforeAll
    static void start() throws Exception {
        postgres = Postgres.start(folder.resolve("data"), Postgres.freePort());
        Flyway.configure()
                .dataSource(postgres.url(), Postgres.OWNER, Postgres.OWNER_PASSWORD)
                .locations("classpath:db/migration")
                .load()
                .migrate();
        Sql.run(
                postgres,
                "INSERT INTO warehouse VALUES (1, 'GH-01', 'x', 'tunnel', true, 0, now(), now())",
                "INSERT INTO area VALUES (1, 1, 'A-01', 'x', 'N', true, 0, now(), now())",
                "INSERT INTO location VALUES (1, 1, 'L-01', 'x', 'QR000001', true, 0, now(), now())",
                "INSERT INTO bin VALUES (1, 1, 'B-01', 'active', 0, now(), now())");
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @BeforeEach
    void createBatches() throws SQLException {
        connection = application();
        batch = createBatch("ECHEVERIA");
        sibling = createBatch("ECHEVERIA");
        ofAnotherProduct = createBatch("AGAVE");
    }

    @AfterEach
    void sumsHold() throws SQLException {
        connection.close();
        assertThat(Sql.number(postgres, UNTRUE)).as("batches that are not their sum").isZero();
    }

    @Test
    @DisplayName("a batch has the sum of its movements, each of which knows the balance after it")
    void sum() throws SQLException {
        assertThat(balance(insert(batch, "planting", 100))).isEqualTo(100);
        assertThat(balance(insert(batch, "death", -10))).isEqualTo(90);
        assertThat(balance(insert(batch, "sale", -90))).isZero();
        assertThat(balance(insert(batch, "adjustment", 5))).isEqualTo(5);
        assertThat(quantity(batch)).isEqualTo(5);
        assertThat(number("SELECT version FROM batch WHERE id = " + batch)).isEqualTo(4);
    }

    @Test
    @DisplayName("a count becomes what was found more or less, and the batch has what was counted")
    void count() throws SQLException {
        insert(batch, "planting", 100);
        long count = number(countOf(batch, 93));
        assertThat(number("SELECT quantity FROM movement WHERE id = " + count)).isEqualTo(-7);
        assertThat(quantity(batch)).isEqualTo(93);
        number(countOf(batch, 93));
        assertThat(quantity(batch)).isEqualTo(93);
    }

    @Test
    @DisplayName("no balance is negative")
    void negative() throws SQLException {
        insert(batch, "planting", 10);
        assertRefused("batch_quantity_check", () -> insert(batch, "sale", -11));
        assertRefused("batch_quantity_check", () -> number(countOf(batch, -1)));
        assertThat(quantity(batch)).isEqualTo(10);
    }

    @ParameterizedTest
    @CsvSource({"planting,-1", "planting,0", "death,1", "sale,1", "adjustment,0"})
    @DisplayName("a quantity has the sign of its type")
    void signs(String type, int quantity) throws SQLException {
        insert(batch, "planting", 10);
        assertRefused("movement_quantity_check", () -> insert(batch, type, quantity));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE movement SET quantity = 5",
                "UPDATE movement SET created_at = now()",
                "DELETE FROM movement",
                "UPDATE batch SET quantity = quantity + 1",
                "UPDATE batch SET quantity = 0, version = version + 1",
                "INSERT INTO batch (bin_id, product, size, quantity, version, created_at, updated_at)"
                        + " VALUES (1, 'AGAVE', 'M', 5, 0, now(), now())",
                "DELETE FROM batch WHERE quantity > 0"
            })
    @DisplayName("movements stay as they are, and a quantity is changed by movements alone")
    void untouchable(String statement) throws SQLException {
        insert(batch, "planting", 10);
        for (String user : List.of(Postgres.USER, Postgres.OWNER)) {
            try (Connection session = DriverManager.getConnection(postgres.url(), user, user);
                    Statement sql = session.createStatement()) {
                assertThatThrownBy(() -> sql.execute(statement)).isInstanceOf(SQLException.class);
                assertThatThrownBy(() -> sql.execute("TRUNCATE movement CASCADE"))
                        .isInstanceOf(SQLException.class);
            }
        }
        assertThat(quantity(batch)).isEqualTo(10);
    }

    @Test
    @DisplayName("a movement is reversed once, as it was, and a reversal is not")
    void reversal() throws SQLException {
        long planting = insert(batch, "planting", 10);
        assertRefused("movement_reverses_id_check", () -> reverse(planting, batch, "planting", -9));
        assertRefused(
                "movement_reverses_id_check", () -> reverse(planting, batch, "adjustment", -10));
        insert(sibling, "planting", 10);
        assertRefused(
                "movement_reverses_id_check", () -> reverse(planting, sibling, "planting", -10));
        long reversal = reverse(planting, batch, "planting", -10);
        assertThat(quantity(batch)).isZero();
        insert(batch, "planting", 20);
        assertRefused("movement_reverses_id_key", () -> reverse(planting, batch, "planting", -10));
        assertRefused("movement_reverses_id_check", () -> reverse(reversal, batch, "planting", 10));
        assertRefused(
                "movement_reverses_id_check", () -> reverse(Long.MAX_VALUE, batch, "sale", 1));
    }

    @Test
    @DisplayName("a transfer is two halves of one product, in one transaction")
    void transfers() throws SQLException {
        insert(batch, "planting", 100);
        transfer(batch, sibling, 30);
        assertThat(List.of(quantity(batch), quantity(sibling))).containsExactly(70L, 30L);
        assertRefused("movement_transfer_id_check", () -> transfer(batch, ofAnotherProduct, 1));
        assertRefused("batch_quantity_check", () -> transfer(batch, sibling, 71));
        assertRefused("movement_complete_transfer", () -> insert(batch, "transplant", -1));
        long first = number("SELECT max(transfer_id) FROM movement");
        assertRefused("movement_complete_transfer", () -> half(sibling, 30, first));
        assertRefused("movement_transfer_id_check", () -> half(sibling, 1, first));
        assertRefused("movement_transfer_id_check", () -> half(sibling, 1, Long.MAX_VALUE));
        assertThat(List.of(quantity(batch), quantity(sibling))).containsExactly(70L, 30L);
    }

    @Test
    @DisplayName("of 400 sales at once of a batch of 100 as many succeed as there were plants")
    void concurrentSales() throws Exception {
        insert(batch, "planting", 100);
        List<Integer> sold = atOnce(8, session -> sell(session, 50));
        assertThat(sold.stream().mapToInt(Integer::intValue).sum()).isEqualTo(100);
        assertThat(quantity(batch)).isZero();
    }

    private int sell(Connection session, int times) throws SQLException {
        int sold = 0;
        for (int i = 0; i < times; i++) {
            try {
                insert(session, batch, "sale", -1);
                sold++;
            } catch (SQLException e) {
                assertThat(e.getMessage()).contains("batch_quantity_check");
            }
        }
        return sold;
    }

    @Test
    @DisplayName("transfers to and fro that keep to the order of the batches never deadlock")
    void concurrentTransfers() throws Exception {
        insert(batch, "planting", 1_000);
        insert(sibling, "planting", 1_000);
        atOnce(
                8,
                session -> {
                    Random random = new Random(session.hashCode());
                    for (int i = 0; i < 50; i++) {
                        boolean there = random.nextBoolean();
                        transfer(session, there ? batch : sibling, there ? sibling : batch, 3);
                    }
                    return 0;
                });
        assertThat(quantity(batch) + quantity(sibling)).isEqualTo(2_000);
    }

    @Test
    @DisplayName("a retired bin stays retired")
    void retired() throws SQLException {
        long bin =
                number(
                        "INSERT INTO bin (id, location_id, code, status, version, created_at, updated_at)"
                                + " VALUES (1000, 1, 'B-02', 'maintenance', 0, now(), now()) RETURNING id");
        for (String status : List.of("active", "retired", "retired")) {
            execute("UPDATE bin SET status = '" + status + "' WHERE id = " + bin);
        }
        assertRefused(
                "bin_keep_retired",
                () -> execute("UPDATE bin SET status = 'active' WHERE id = " + bin));
        execute("DELETE FROM bin WHERE id = " + bin);
    }

    private static Connection application() throws SQLException {
        return DriverManager.getConnection(postgres.url(), Postgres.USER, Postgres.PASSWORD);
    }

    /** Something done with a session of its own. */
    private interface Session<T> {
        T use(Connection session) throws SQLException;
    }

    private static <T> List<T> atOnce(int threads, Session<T> work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<T>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                all.add(
                        () -> {
                            try (Connection session = application()) {
                                return work.use(session);
                            }
                        });
            }
            List<T> results = new ArrayList<>();
            for (Future<T> result : pool.invokeAll(all)) {
                results.add(result.get());
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }

    private long createBatch(String product) throws SQLException {
        return number(
                "INSERT INTO batch (bin_id, product, size, version, created_at, updated_at) VALUES (1, '"
                        + product
                        + "', 'M', 0, now(), now()) RETURNING id");
    }

    private long insert(long of, String type, int quantity) throws SQLException {
        return insert(connection, of, type, quantity);
    }

    private static long insert(Connection session, long of, String type, int quantity)
            throws SQLException {
        return movement(session, of, type, quantity, null, null);
    }

    private long reverse(long reversed, long of, String type, int quantity) throws SQLException {
        return movement(connection, of, type, quantity, null, reversed);
    }

    private long half(long of, int quantity, long transfer) throws SQLException {
        return movement(connection, of, "transplant", quantity, transfer, null);
    }

    private void transfer(long from, long to, int quantity) throws SQLException {
        transfer(connection, from, to, quantity);
    }

    private static void transfer(Connection session, long from, long to, int quantity)
            throws SQLException {
        session.setAutoCommit(false);
        try {
            boolean down = from < to;
            long first =
                    insert(session, Math.min(from, to), "transplant", down ? -quantity : quantity);
            movement(
                    session,
                    Math.max(from, to),
                    "transplant",
                    down ? quantity : -quantity,
                    first,
                    null);
            session.commit();
        } catch (SQLException e) {
            session.rollback();
            throw e;
        } finally {
            session.setAutoCommit(true);
        }
    }

    private static long movement(
            Connection session, long of, String type, int quantity, Long transfer, Long reversed)
            throws SQLException {
        try (PreparedStatement insert =
                session.prepareStatement(
                        "INSERT INTO movement (batch_id, type, quantity, transfer_id, reverses_id, version, created_at, updated_at)"
                                + " VALUES (?, ?, ?, ?, ?, 0, now(), now()) RETURNING id")) {
            insert.setLong(1, of);
            insert.setString(2, type);
            insert.setInt(3, quantity);
            insert.setObject(4, transfer);
            insert.setObject(5, reversed);
            try (ResultSet rows = insert.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    private static String countOf(long of, int counted) {
        return "INSERT INTO movement (batch_id, type, counted, version, created_at, updated_at) VALUES ("
                + of
                + ", 'count', "
                + counted
                + ", 0, now(), now()) RETURNING id";
    }

    private long balance(long movement) throws SQLException {
        return number("SELECT balance FROM movement WHERE id = " + movement);
    }

    private long quantity(long of) throws SQLException {
        return number("SELECT quantity FROM batch WHERE id = " + of);
    }

    private long number(String query) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return Sql.number(statement, query);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Something that the database refuses. */
    private interface Refused {
        void run() throws SQLException;
    }

    private static void assertRefused(String constraint, Refused change) {
        assertThatThrownBy(change::run)
                .isInstanceOfSatisfying(
                        org.postgresql.util.PSQLException.class,
                        e ->
                                assertThat(e.getServerErrorMessage().getConstraint())
                                        .as(e.getMessage())
                                        .isEqualTo(constraint));
    }
}
