package ai.demeter.stock;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.batch.Batches;
import ai.demeter.bin.Bins;
import ai.demeter.database.Freshness;
import ai.demeter.location.Locations;
import ai.demeter.run.Mapped;
import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import ai.demeter.storage.Areas;
import ai.demeter.tree.Trees;
import ai.demeter.tree.WarehouseTree;
import java.nio.file.Path;
import java.time.YearMonth;
import java.util.List;
import java.util.concurrent.Callable;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How many statements reading and moving takes (issue 18). Would break: a tree of 1,290 locations
 * that asks for each of them, or a movement that reads what the database knows by itself.
 */
class StatementsTest {
    private static final int LOCATIONS = 1_290;

    @TempDir static Path folder;
    private static Postgres postgres;
    private static Mapped mapped;
    private static Movements movements;

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
                "INSERT INTO area SELECT n, 1, 'A-' || n, 'x', 'N', true, 0, now(), now()"
                        + " FROM generate_series(1, 56) n",
                "INSERT INTO location SELECT n, 1 + n % 56, 'L-' || n, 'x', 'QR' || (100000 + n), true, 0, now(), now()"
                        + " FROM generate_series(1, "
                        + LOCATIONS
                        + ") n",
                "INSERT INTO bin SELECT n, 1 + n % "
                        + LOCATIONS
                        + ", 'B-' || n, 'active', 0, now(), now() FROM generate_series(1, 5000) n",
                "INSERT INTO batch (id, bin_id, product, size, version, created_at, updated_at)"
                        + " SELECT n, 1, 'AGAVE', 'M', 0, now(), now() FROM generate_series(1, 3) n");
        mapped = new Mapped(postgres);
        movements = mapped.in(new Movements());
        mapped.transaction(() -> record(1, MovementType.PLANTING, 1_000));
    }

    @AfterAll
    static void stop() throws Exception {
        mapped.close();
        postgres.close();
    }

    private static Movement record(long batch, MovementType type, int quantity) {
        return movements.add(batch, new MovementInput(type, quantity, null));
    }

    /** The first word of each, but for ids, which come by the hundred. */
    private static List<String> verbs(Callable<?> work) throws Exception {
        return mapped.statements(work).stream()
                .filter(sql -> !sql.contains("nextval"))
                .map(sql -> sql.strip().split("\\s", 2)[0])
                .toList();
    }

    @Test
    @DisplayName("the tree of a warehouse with 56 areas, 1,290 locations and 5,000 bins: one")
    void tree() throws Exception {
        Trees trees = mapped.in(new Trees());
        assertThat(verbs(() -> trees.find(1))).containsExactly("select");
        WarehouseTree tree = mapped.transaction(() -> trees.find(1)).orElseThrow();
        assertThat(tree.areas()).hasSize(56);
        assertThat(tree.areas().stream().flatMap(area -> area.locations().stream()))
                .hasSize(LOCATIONS);
        assertThat(
                        tree.areas().stream()
                                .flatMap(area -> area.locations().stream())
                                .mapToInt(location -> location.bins().size())
                                .sum())
                .isEqualTo(5_000);
        assertThat(mapped.transaction(() -> trees.find(2))).isEmpty();
    }

    @Test
    @DisplayName("a page of a list: one")
    void lists() throws Exception {
        Areas areas = mapped.in(new Areas());
        Locations locations = mapped.in(new Locations());
        Bins bins = mapped.in(new Bins());
        Batches batches = mapped.in(new Batches());
        assertThat(verbs(() -> areas.list(1, null, null, 0, 51, Freshness.NOW)))
                .containsExactly("select");
        assertThat(verbs(() -> locations.list(1L, null, null, 0, 51))).containsExactly("select");
        assertThat(verbs(() -> locations.list(null, "QR100001", null, 0, 51)))
                .containsExactly("select");
        assertThat(verbs(() -> bins.list(1, null, 0, 51))).containsExactly("select");
        assertThat(verbs(() -> batches.list(1, null, 0, 51))).containsExactly("select");
        assertThat(verbs(() -> movements.list(1, 0, 51))).containsExactly("select");
    }

    @Test
    @DisplayName("the month end: one")
    void reconciliation() throws Exception {
        Reconciliations reconciliations = mapped.in(new Reconciliations());
        assertThat(verbs(() -> reconciliations.of(YearMonth.of(2026, 11))))
                .containsExactly("select");
    }

    @Test
    @DisplayName("a movement: one; a transfer: two; their reversals: two and four")
    void movement() throws Exception {
        assertThat(verbs(() -> record(1, MovementType.SALE, -1))).containsExactly("insert");
        assertThat(verbs(() -> movements.add(1, new MovementInput(MovementType.COUNT, null, 990))))
                .containsExactly("insert");
        Movement sale = mapped.transaction(() -> record(1, MovementType.SALE, -1));
        assertThat(verbs(() -> movements.reverse(sale.id()))).containsExactly("select", "insert");
        assertThat(verbs(() -> movements.add(new TransferInput(1L, 2L, 5))))
                .containsExactly("insert", "insert");
        List<Movement> halves =
                mapped.transaction(() -> movements.add(new TransferInput(1L, 2L, 5)));
        assertThat(verbs(() -> movements.reverse(halves.get(1).id())))
                .containsExactly("select", "select", "insert", "insert");
    }

    @Test
    @DisplayName("what the database makes of a movement is in the answer")
    void generated() throws Exception {
        mapped.transaction(() -> record(3, MovementType.PLANTING, 100));
        Movement count =
                mapped.transaction(
                        () -> movements.add(3, new MovementInput(MovementType.COUNT, null, 90)));
        assertThat(count.quantity()).isEqualTo(-10);
        assertThat(count.balance()).isEqualTo(90);
        List<Movement> halves =
                mapped.transaction(() -> movements.add(new TransferInput(3L, 2L, 40)));
        assertThat(halves).extracting(Movement::batchId).containsExactly(2L, 3L);
        assertThat(halves).extracting(Movement::quantity).containsExactly(40, -40);
        assertThat(halves).extracting(Movement::transferId).containsOnly(halves.get(0).id());
        Movement reversal =
                mapped.transaction(() -> movements.reverse(halves.get(0).id())).orElseThrow();
        assertThat(reversal.reversesId()).isEqualTo(halves.get(0).id());
        assertThat(reversal.quantity()).isEqualTo(-40);
        assertThat(movements.list(3, 0, 10)).last().extracting(Movement::balance).isEqualTo(90);
    }
}
