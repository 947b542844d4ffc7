package ai.demeter.fault;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.Until;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A million rows by one request, beside what else brings them into the same table. The figures are
 * reported; that all rows are there is asserted.
 */
@Tag("proof")
@Tag("quiet")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LoadIT {
    private static final int ROWS = 1_000_000;
    private static final int AT_ONCE = 5;
    private static final int ROWS_OF_EACH = 200_000;
    private static final int READERS = 100;
    private static final int BATCH = 500;
    private static final Path PSQL = Path.of("/usr/bin/psql");
    private static final String INTO =
            "detection (area_id, detected_at, product, size, confidence, count)";

    @TempDir static Path folder;
    private static Stack stack;
    private static Path csv;
    private static Path ndjson;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.shared();
        empty();
        Sql.run(
                stack.postgres(),
                "INSERT INTO warehouse SELECT 1, 'GH-01', 'n', 'tunnel', true, 0, now(), now()",
                "INSERT INTO area SELECT n, 1, 'A-' || n, 'n', NULL, true, 0, now(), now()"
                        + " FROM generate_series(10, 65) n");
        csv =
                write(
                        "rows.csv",
                        "%d,2026-%02d-%02dT%02d:%02d:%02d.%06dZ,Rosa gallica,M,0.%02d,%d%n");
        ndjson =
                write(
                        "rows.ndjson",
                        "{\"areaId\":%d,\"detectedAt\":\"2026-%02d-%02dT%02d:%02d:%02d.%06dZ\",\"product\":\"Rosa gallica\","
                                + "\"size\":\"M\",\"confidence\":0.%02d,\"count\":%d}%n");
    }

    @AfterAll
    static void empty() throws SQLException {
        Sql.run(
                stack.postgres(),
                "TRUNCATE detection",
                "DELETE FROM area",
                "DELETE FROM warehouse");
    }

    private static Path write(String name, String format) throws IOException {
        Path file = folder.resolve(name);
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
            for (int i = 0; i < ROWS; i++) {
                out.printf(
                        format,
                        10 + i % 56,
                        1 + i % 12,
                        1 + i / 86_400,
                        i / 3600 % 24,
                        i / 60 % 60,
                        i % 60,
                        i,
                        i % 100,
                        i % 1_000);
            }
        }
        return file;
    }

    private static HttpResponse<String> load(Path file) throws Exception {
        return loading(file).get(10, TimeUnit.MINUTES);
    }

    private static CompletableFuture<HttpResponse<String>> loading(Path file) throws Exception {
        return stack.sendAsync(
                stack.request("/api/detections")
                        .timeout(Duration.ofMinutes(10))
                        .header("Content-Type", "application/x-ndjson")
                        .POST(HttpRequest.BodyPublishers.ofFile(file)));
    }

    @Test
    @Order(1)
    @DisplayName("1,000,000 by one POST, beside psql's \\copy and batches of INSERT")
    void million() throws Exception {
        List<Double> posts = new ArrayList<>();
        List<Double> copies = new ArrayList<>();
        for (int round = 0; round < 2; round++) { // in turn, as the machine is not always the same
            Sql.run(stack.postgres(), "TRUNCATE detection", "CHECKPOINT");
            long started = System.nanoTime();
            HttpResponse<String> answer = load(ndjson);
            assertThat(answer.body()).isEqualTo("{\"created\":" + ROWS + "}");
            posts.add(rate(ROWS, started));
            assertThat(count()).isEqualTo(ROWS);
            if (Files.isExecutable(PSQL)) {
                Sql.run(stack.postgres(), "TRUNCATE detection", "CHECKPOINT");
                started = System.nanoTime();
                copyByPsql();
                copies.add(rate(ROWS, started));
                assertThat(count()).isEqualTo(ROWS);
            }
        }
        Sql.run(stack.postgres(), "TRUNCATE detection", "CHECKPOINT");
        double batches = batches(ROWS / 10);
        record("POST, rows/s of each round", posts);
        record("psql \\copy, rows/s of each round", copies);
        record("INSERT in batches of " + BATCH + ", rewritten, rows/s", List.of(batches));
        for (int round = 0; round < copies.size(); round++) {
            record(
                    "POST by \\copy, by INSERT",
                    List.of(posts.get(round) / copies.get(round), posts.get(round) / batches));
        }
    }

    @Test
    @Order(2)
    @DisplayName("5 loads at once while 100 clients read: none fails")
    void beside() throws Exception {
        Sql.run(stack.postgres(), "TRUNCATE detection", "CHECKPOINT");
        Path part = folder.resolve("part.ndjson");
        try (var lines = Files.lines(ndjson);
                PrintWriter out = new PrintWriter(Files.newBufferedWriter(part))) {
            lines.limit(ROWS_OF_EACH).forEach(out::println);
        }
        long started = System.nanoTime();
        List<CompletableFuture<HttpResponse<String>>> loads = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            loads.add(loading(part));
        }
        List<Clients.Answer> reads;
        double rate;
        try (Clients readers =
                new Clients(READERS, Integer.MAX_VALUE, Clients.get(stack, "/api/areas/10"))) {
            CompletableFuture.allOf(loads.toArray(new CompletableFuture<?>[0]))
                    .get(10, TimeUnit.MINUTES);
            rate = rate(AT_ONCE * ROWS_OF_EACH, started);
            reads = readers.stop();
        }
        for (CompletableFuture<HttpResponse<String>> load : loads) {
            assertThat(load.get().body()).isEqualTo("{\"created\":" + ROWS_OF_EACH + "}");
        }
        assertThat(Clients.byStatus(reads)).containsOnlyKeys(200);
        assertThat(count()).isEqualTo((long) AT_ONCE * ROWS_OF_EACH);
        List<Long> sorted = reads.stream().map(read -> read.took().toMillis()).sorted().toList();
        record("5 loads at once, rows/s of all", List.of(rate));
        Figures.record(
                stack,
                "reads beside 5 loads: number, p50, p99, slowest in ms",
                sorted.size()
                        + ", "
                        + sorted.get(sorted.size() / 2)
                        + ", "
                        + sorted.get(sorted.size() * 99 / 100)
                        + ", "
                        + sorted.get(sorted.size() - 1));
    }

    // Would break: ten clients that do not read what they asked for keep everyone from exporting.
    @Test
    @Order(3)
    @DisplayName("exports that nobody reads are cut off, and others served again")
    void unread() throws Exception {
        assertThat(count()).isPositive();
        long began = System.nanoTime();
        try (Sockets clients = Sockets.open(stack.uri("/"), 10)) {
            clients.send("GET /api/detections HTTP/1.1\r\nHost: localhost\r\n\r\n");
            Until.holds(
                    "no further one is sent",
                    () -> stack.get("/api/detections?month=2000-01").statusCode() == 503);
            Until.holds(
                    "one is sent again",
                    () -> stack.get("/api/detections?month=2000-01").statusCode() == 200);
            Figures.record(
                    stack,
                    "exports that nobody reads: others are served after",
                    Duration.ofNanos(System.nanoTime() - began));
        }
        // Would break: whoever likes fills the log with stack traces.
        assertThat(Files.readString(stack.log())).doesNotContain("ServerRuntime$Responder");
    }

    private static void copyByPsql() throws Exception {
        ProcessBuilder command =
                new ProcessBuilder(
                                PSQL.toString(),
                                "--no-psqlrc",
                                "--dbname",
                                stack.postgres().url().replaceFirst("^jdbc:", ""),
                                "--username",
                                Postgres.USER,
                                "--command",
                                "\\copy " + INTO + " from '" + csv + "' (format csv)")
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("psql.log").toFile());
        command.environment().put("PGPASSWORD", Postgres.PASSWORD);
        Process psql = command.start();
        assertThat(psql.waitFor()).as(Files.readString(folder.resolve("psql.log"))).isZero();
    }

    /** As an ORM writes them: in batches, which the driver makes statements of many rows. */
    private static double batches(int rows) throws SQLException {
        String url = stack.postgres().url();
        url += (url.contains("?") ? "&" : "?") + "reWriteBatchedInserts=true";
        long started = System.nanoTime();
        try (Connection connection =
                        DriverManager.getConnection(url, Postgres.USER, Postgres.PASSWORD);
                PreparedStatement insert =
                        connection.prepareStatement(
                                "INSERT INTO " + INTO + " VALUES (?, ?, ?, ?, ?, ?)")) {
            connection.setAutoCommit(false);
            for (int i = 0; i < rows; i++) {
                insert.setLong(1, 10 + i % 56);
                insert.setObject(
                        2, java.time.OffsetDateTime.parse("2026-01-01T00:00:00Z").plusSeconds(i));
                insert.setString(3, "Rosa gallica");
                insert.setString(4, "M");
                insert.setDouble(5, i % 100 / 100.0);
                insert.setInt(6, i % 1_000);
                insert.addBatch();
                if (i % BATCH == BATCH - 1) {
                    insert.executeBatch();
                }
            }
            insert.executeBatch();
            connection.commit();
        }
        return rate(rows, started);
    }

    private static double rate(int rows, long started) {
        return rows * 1e9 / (System.nanoTime() - started);
    }

    private static void record(String what, List<Double> figures) throws IOException {
        Figures.record(
                stack,
                what,
                String.join(
                        ", ",
                        figures.stream()
                                .map(
                                        figure ->
                                                figure < 1_000
                                                        ? "%.2f".formatted(figure)
                                                        : "%.0f".formatted(figure))
                                .toList()));
    }

    private static long count() throws SQLException {
        return Sql.number(stack.postgres(), "SELECT count(*) FROM detection");
    }
}
