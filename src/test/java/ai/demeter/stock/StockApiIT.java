package ai.demeter.stock;

import static ai.demeter.http.ProblemAssert.assertThatProblem;
import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.Until;
import ai.demeter.storage.Nursery;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The ledger as docs/guarantees.md has it: what clients build upon. What the database holds of it
 * by itself: LedgerTest.
 */
class StockApiIT {
    private static Stack stack;
    private static Nursery nursery;
    private String bin;
    private String batch;
    private String sibling;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.shared();
        nursery = new Nursery(stack);
    }

    @BeforeEach
    void createBatches() throws Exception {
        nursery.empty();
        bin = nursery.bin();
        batch = nursery.batch(bin, "AGAVE");
        sibling = nursery.batch(bin, "AGAVE");
        nursery.create(batch + "/movements", movement("planting", 100));
    }

    @AfterEach
    void empty() throws SQLException {
        nursery.empty();
    }

    private static String movement(String type, int quantity) {
        return "{\"type\":\"%s\",\"quantity\":%d}".formatted(type, quantity);
    }

    private static String transfer(String from, String to, int quantity) {
        return "{\"fromBatchId\":%d,\"toBatchId\":%d,\"quantity\":%d}"
                .formatted(Nursery.id(from), Nursery.id(to), quantity);
    }

    private static int quantity(String of) throws IOException, InterruptedException {
        return nursery.get(of).path("quantity").intValue();
    }

    @Test
    @DisplayName("POST answers 201 with the movement and the balance, which the batch then has")
    void record() throws Exception {
        HttpResponse<String> created = stack.post(batch + "/movements", movement("death", -7));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        JsonNode death = Nursery.json(created);
        assertThat(death.fieldNames())
                .toIterable()
                .containsExactly("id", "batchId", "type", "quantity", "balance", "createdAt");
        assertThat(death.path("balance").intValue()).isEqualTo(93);
        assertThat(quantity(batch)).isEqualTo(93);
        String path = "/api/movements/" + death.path("id");
        assertThat(created.headers().firstValue("Location").orElseThrow()).endsWith(path);
        assertThat(stack.get(path).body()).isEqualTo(created.body());
        JsonNode first = nursery.get(batch + "/movements?limit=1");
        JsonNode second = nursery.get(batch + "/movements?after=" + first.path("next").textValue());
        assertThat(second.path("items")).containsExactly(death);
        assertThat(nursery.get(sibling + "/movements").path("items")).isEmpty();
    }

    @Test
    @DisplayName("a count says how many were there, and becomes the difference")
    void count() throws Exception {
        String path = nursery.create(batch + "/movements", "{\"type\":\"count\",\"counted\":91}");
        JsonNode count = nursery.get(path);
        assertThat(count.path("quantity").intValue()).isEqualTo(-9);
        assertThat(count.path("counted").intValue()).isEqualTo(91);
        assertThat(quantity(batch)).isEqualTo(91);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | type",
                "{'type':'theft','quantity':1.5} | quantity type",
                "{'type':'planting'} | quantity",
                "{'type':'planting','quantity':-1} | quantity",
                "{'type':'planting','quantity':1000001} | quantity",
                "{'type':'sale','quantity':1} | quantity",
                "{'type':'adjustment','quantity':0} | quantity",
                "{'type':'sale','quantity':-1,'counted':1} | counted",
                "{'type':'count','counted':-1} | counted",
                "{'type':'count'} | counted",
                "{'type':'count','counted':1,'quantity':1} | quantity",
                "{'type':'transplant','quantity':1} | type"
            })
    @DisplayName("members that do not fit the type are named, and nothing is recorded")
    void invalid(String body, String fields) throws Exception {
        assertThatProblem(stack.post(batch + "/movements", body.replace('\'', '"')))
                .is(400, "validation")
                .names(fields.split(" "));
        assertThat(quantity(batch)).isEqualTo(100);
    }

    @Test
    @DisplayName("more than there is cannot leave: 409 conflict, and nothing is recorded")
    void notEnough() throws Exception {
        assertThatProblem(stack.post(batch + "/movements", movement("sale", -101)))
                .is(409, "conflict")
                .at(batch + "/movements")
                .names("quantity");
        assertThatProblem(stack.post("/api/transfers", transfer(batch, sibling, 101)))
                .is(409, "conflict")
                .names("quantity");
        assertThatProblem(stack.post("/api/batches/999999999/movements", movement("sale", -1)))
                .is(404, "not-found");
        assertThatProblem(stack.get("/api/batches/999999999/movements")).is(404, "not-found");
        assertThatProblem(stack.get("/api/movements/999999999")).is(404, "not-found");
        assertThat(quantity(batch)).isEqualTo(100);
        assertThat(quantity(sibling)).isZero();
    }

    @Test
    @DisplayName("a transfer is two movements, found by its id, and stays within a product")
    void transfers() throws Exception {
        HttpResponse<String> created = stack.post("/api/transfers", transfer(batch, sibling, 30));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        JsonNode transfer = Nursery.json(created);
        assertThat(transfer.path("movements")).hasSize(2);
        assertThat(transfer.path("movements"))
                .allMatch(half -> half.path("transferId").equals(transfer.path("id")))
                .allMatch(half -> half.path("type").textValue().equals("transplant"));
        assertThat(stack.get("/api/transfers/" + transfer.path("id")).body())
                .isEqualTo(created.body());
        assertThat(List.of(quantity(batch), quantity(sibling))).containsExactly(70, 30);
        nursery.create("/api/transfers", transfer(sibling, batch, 10));
        assertThat(List.of(quantity(batch), quantity(sibling))).containsExactly(80, 20);

        String other = nursery.batch(bin, "ECHEVERIA");
        assertThatProblem(stack.post("/api/transfers", transfer(batch, other, 1)))
                .is(409, "conflict")
                .names("toBatchId");
        assertThatProblem(stack.post("/api/transfers", transfer(batch, batch, 1)))
                .is(400, "validation")
                .names("toBatchId");
        assertThatProblem(stack.post("/api/transfers", transfer(batch, "/999999999", 1)))
                .is(400, "validation")
                .names("toBatchId");
        assertThatProblem(stack.post("/api/transfers", transfer("/999999999", batch, 1)))
                .is(400, "validation")
                .names("fromBatchId");
        assertThatProblem(stack.post("/api/transfers", "{\"quantity\":0}"))
                .is(400, "validation")
                .names("fromBatchId", "quantity", "toBatchId");
        assertThatProblem(stack.get("/api/transfers/999999999")).is(404, "not-found");
        assertThat(List.of(quantity(batch), quantity(sibling))).containsExactly(80, 20);
    }

    @Test
    @DisplayName("a movement is undone once, by another; a transfer as a whole")
    void reversal() throws Exception {
        String sale = nursery.create(batch + "/movements", movement("sale", -40));
        JsonNode undone = nursery.get(nursery.create(sale + "/reversal", ""));
        assertThat(undone.path("quantity").intValue()).isEqualTo(40);
        assertThat(undone.path("type").textValue()).isEqualTo("sale");
        assertThat(undone.path("reversesId").longValue()).isEqualTo(Nursery.id(sale));
        assertThat(quantity(batch)).isEqualTo(100);
        assertThatProblem(stack.post(sale + "/reversal", "")).is(409, "conflict");
        assertThatProblem(stack.post("/api/movements/" + undone.path("id") + "/reversal", ""))
                .is(409, "conflict");
        assertThatProblem(stack.post("/api/movements/999999999/reversal", "")).is(404, "not-found");

        String moved = nursery.create("/api/transfers", transfer(batch, sibling, 30));
        JsonNode halves = nursery.get(moved).path("movements");
        nursery.create("/api/movements/" + halves.get(1).path("id") + "/reversal", "");
        assertThat(List.of(quantity(batch), quantity(sibling))).containsExactly(100, 0);
        assertThatProblem(
                        stack.post("/api/movements/" + halves.get(0).path("id") + "/reversal", ""))
                .is(409, "conflict");
    }

    @Test
    @DisplayName("a movement that is sent again with its key is recorded once")
    void key() throws Exception {
        HttpRequest.Builder request =
                stack.request(batch + "/movements")
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", "\"stock-" + System.nanoTime() + "\"")
                        .POST(HttpRequest.BodyPublishers.ofString(movement("sale", -1)));
        HttpResponse<String> first = stack.send(request);
        assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
        assertThat(stack.send(request).body()).isEqualTo(first.body());
        assertThat(quantity(batch)).isEqualTo(99);
    }

    // Would break: whoever transfers is told of a deadlock that is none of his business.
    @Test
    @DisplayName("a transfer that deadlocks is run again without its client noticing")
    void deadlock() throws Exception {
        Sql.run(
                stack.postgres(),
                "ALTER SYSTEM SET deadlock_timeout = '3s'",
                "SELECT pg_reload_conf()");
        try (Connection session = stack.postgres().superuser();
                Statement statement = session.createStatement()) {
            session.setAutoCommit(false);
            statement.execute("SET deadlock_timeout = '60s'"); // the other one is to give way
            statement.execute(lock(sibling));
            CompletableFuture<HttpResponse<String>> answer =
                    stack.sendAsync(
                            stack.request("/api/transfers")
                                    .header("Content-Type", "application/json")
                                    .POST(
                                            HttpRequest.BodyPublishers.ofString(
                                                    transfer(batch, sibling, 30))));
            Until.holds(
                    "the transfer has locked one batch, and waits for the other",
                    () ->
                            Sql.number(
                                            stack.postgres(),
                                            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                                    > 0);
            statement.execute(lock(batch)); // comes when the transfer has been rolled back
            session.commit();
            assertThat(answer.get().statusCode()).as(answer.get().body()).isEqualTo(201);
        } finally {
            Sql.run(
                    stack.postgres(),
                    "ALTER SYSTEM RESET deadlock_timeout",
                    "SELECT pg_reload_conf()");
        }
        assertThat(stack.get("/api/status").body()).contains("after attempt 1: contention");
        assertThat(List.of(quantity(batch), quantity(sibling))).containsExactly(70, 30);
    }

    private static String lock(String of) {
        return "SELECT FROM batch WHERE id = " + Nursery.id(of) + " FOR UPDATE";
    }

    @Test
    @DisplayName("at the month's end opening + in - out - counted = sold")
    void reconciliation() throws Exception {
        long id = Nursery.id(sibling);
        long other = Nursery.id(nursery.batch(bin, "ECHEVERIA"));
        Sql.run(
                stack.postgres(),
                insert(id, "planting", "1000", "2025-10-31 23:59:59.999999Z"),
                insert(id, "planting", "300", "2025-11-01Z"),
                insert(id, "adjustment", "10", "2025-11-02Z"),
                insert(id, "adjustment", "-10", "2025-11-02Z"),
                insert(id, "death", "-50", "2025-11-03Z"),
                insert(id, "sale", "-340", "2025-11-04Z"),
                // A death that was none: it counts less, not among what came.
                insert(id, "death", "-5", "2025-11-05Z"),
                "INSERT INTO movement (batch_id, type, quantity, reverses_id, version, created_at, updated_at)"
                        + " SELECT batch_id, type, -quantity, id, 0, '2025-11-06Z', now() FROM movement"
                        + " WHERE quantity = -5",
                // 910 in the books, and 20 of them gone.
                "INSERT INTO movement (batch_id, type, counted, version, created_at, updated_at)"
                        + " VALUES ("
                        + id
                        + ", 'count', 890, 0, '2025-11-29Z', now())",
                insert(id, "planting", "10", "2025-11-30 23:59:59.999999Z"),
                insert(id, "sale", "-100", "2025-12-01Z"),
                insert(other, "planting", "7", "2025-12-01Z"));
        assertThat(stack.get("/api/stock/reconciliation?month=2025-11").body())
                .isEqualTo(
                        ("{'month':'2025-11','items':[{'product':'AGAVE','size':'M','opening':1000,'in':320,'out':60,"
                                        + "'counted':900,'counts':1,'sold':360,'recorded':340}]}")
                                .replace('\'', '"'));
        assertThat(nursery.get("/api/stock/reconciliation?month=2025-12").path("items")).hasSize(2);
        assertThat(nursery.get("/api/stock/reconciliation?month=2024-12").path("items")).isEmpty();
        for (String month : List.of("", "?month=", "?month=2025-13", "?month=november")) {
            assertThatProblem(stack.get("/api/stock/reconciliation" + month))
                    .is(400, "validation")
                    .names("month");
        }
    }

    private static String insert(long of, String type, String quantity, String at) {
        return "INSERT INTO movement (batch_id, type, quantity, version, created_at, updated_at) VALUES ("
                + String.join(", ", "" + of, "'" + type + "'", quantity, "0", "'" + at + "'")
                + ", now())";
    }
}
