package ai.demeter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Readiness;
import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.TableLock;
import ai.demeter.run.Until;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is measured, and that measuring it costs the database nothing. */
class MetricsIT {
    private static final String REQUESTS = "http_server_requests_seconds_count";
    private static final String CLOSED = "demeter_connections_closed_total";
    private static final String OPENED = "demeter_connections_opened_total";
    private static final String ACTIVE = "state=\"active\"";
    private static Stack stack;

    @BeforeAll
    static void start() throws Exception {
        stack =
                Stack.start(
                        "metrics",
                        Map.of(
                                "DB_POOL_TIMEOUT", "10",
                                "DB_LOCK_TIMEOUT", "60",
                                "DB_STATEMENT_TIMEOUT", "70",
                                "DB_TRANSACTION_TIMEOUT", "80",
                                "DB_SOCKET_TIMEOUT", "90",
                                // No connection is replaced for its age meanwhile.
                                "DB_POOL_RECYCLE", "86400"));
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    @BeforeEach
    void isQuiet() throws Exception {
        Until.holds("served", () -> stack.get("/api/warehouses").statusCode() == 200);
        Until.holds(
                "20 connections, all idle",
                () -> {
                    Scrape scrape = Scrape.of(stack);
                    return scrape.sum("demeter_pool_connections", ACTIVE) == 0
                            && scrape.sum("demeter_pool_connections") >= 20;
                });
    }

    // Would break: who looks for the cause of refusals sees a pool at rest, or sees nothing at all.
    @Test
    @DisplayName("with every connection held, a scrape is answered and says so, readiness too")
    void exhausted() throws Exception {
        Scrape before = Scrape.of(stack);
        ExecutorService clients = Executors.newFixedThreadPool(33);
        List<Future<HttpResponse<String>>> answers = new ArrayList<>();
        try (TableLock lock = new TableLock(stack.postgres())) {
            for (int i = 0; i < 33; i++) {
                answers.add(clients.submit(() -> stack.get("/api/warehouses")));
            }
            Until.holds(
                    "30 connections lent and 3 requests waiting",
                    () -> {
                        Scrape now = Scrape.of(stack);
                        return now.sum("demeter_pool_connections", ACTIVE) == 30
                                && isAbout(3, now.sum("demeter_pool_waiting"));
                    });
            JsonNode database = Readiness.database(stack.get("/health/ready").body());
            assertThat(database.path("state").asText()).isEqualTo("saturated");
            assertThat(database.path("active").asInt()).isEqualTo(30);
            assertThat(database.path("idle").asInt(-1)).isZero();
            assertThat(isAbout(3, database.path("waiting").asInt())).isTrue();
            assertThat(database.path("max").asInt()).isEqualTo(30);
            Until.holds(
                    "3 of them refused and counted",
                    () -> {
                        Scrape now = Scrape.of(stack);
                        return isAbout(3, grown("demeter_pool_timeouts_total", before, now))
                                && grown(REQUESTS, before, now, "\"/api/warehouses\"", "\"503\"")
                                        == 3;
                    });
            lock.release();
        } finally {
            clients.shutdown();
        }
        int served = 0;
        for (Future<HttpResponse<String>> answer : answers) {
            served += answer.get().statusCode() == 200 ? 1 : 0;
        }
        assertThat(served).isEqualTo(30);
        Until.holds(
                "30 loans timed, once each, and perhaps one that removed old keys meanwhile",
                () -> {
                    Scrape now = Scrape.of(stack);
                    return isAbout(30, grown("demeter_pool_acquire_seconds_count", before, now))
                            && isAbout(30, grown("demeter_pool_usage_seconds_count", before, now));
                });
    }

    /** As many, and perhaps those of the service itself, which removes old keys meanwhile. */
    private static boolean isAbout(int requests, double counted) {
        return counted >= requests && counted <= requests + 2;
    }

    // Would break: monitoring every 15 s keeps connections busy, or opens some.
    @Test
    @DisplayName("a scrape runs no statement on the pool's connections and opens none")
    void touchesNothing() throws Exception {
        String sessions =
                "SELECT string_agg(concat_ws(' ', pid, query_start, state_change), ';' ORDER BY pid)"
                        + " FROM pg_stat_activity WHERE application_name = 'demeter'";
        String others =
                "SELECT string_agg(pid::text, ' ' ORDER BY pid) FROM pg_stat_activity"
                        + " WHERE usename = 'demeter' AND application_name <> 'demeter'";
        // More than once, as the pool may be filling up again after another test.
        Until.holds(
                "20 scrapes that leave every session as it was",
                () -> {
                    String before = text(sessions) + text(others);
                    for (int i = 0; i < 20; i++) {
                        Scrape.of(stack);
                    }
                    return !before.isEmpty() && before.equals(text(sessions) + text(others));
                });
    }

    // Would break: each id or each probe of a scanner is a series of its own, until memory ends.
    @Test
    @DisplayName("requests are counted by the template of their path, unknown ones under one name")
    void routes() throws Exception {
        stack.get("/api/unknown/0");
        stack.send(stack.request("/api/warehouses/7").method("BREW", none()));
        stack.send(stack.request("/api/warehouses/7").method("OPTIONS", none()));
        Scrape before = Scrape.of(stack);
        for (int i = 1; i <= 20; i++) {
            stack.get("/api/unknown/" + i);
            stack.get("/api/warehouses/" + (700_000 + i));
            stack.send(stack.request("/api/warehouses/7").method("BREW" + i, none()));
            HttpRequest.Builder options = stack.request("/api/warehouses/7");
            assertThat(stack.send(options.method("OPTIONS", none())).statusCode()).isEqualTo(200);
        }
        Until.holds(
                "20 of each",
                () -> {
                    Scrape now = Scrape.of(stack);
                    return grown(REQUESTS, before, now, "\"/api/warehouses/{id}\"", "\"404\"") == 20
                            && grown(REQUESTS, before, now, "\"unmatched\"", "\"404\"") == 20
                            && grown(REQUESTS, before, now, "\"unmatched\"", "OPTIONS") == 20
                            && grown(REQUESTS, before, now, "method=\"other\"") == 20;
                });
        assertThat(Scrape.of(stack).series().keySet())
                .filteredOn(key -> key.startsWith(REQUESTS) && !before.series().containsKey(key))
                .allMatch(key -> key.contains("\"/api/warehouses/{id}\"") && key.contains("404"));
    }

    // Would break: connections lost to a firewall look like those that the pool recycles.
    @Test
    @DisplayName(
            "connections that were killed are counted once, by the reason they were closed for")
    void killed() throws Exception {
        Scrape before = Scrape.of(stack);
        Sql.run(
                stack.postgres(),
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'demeter'");
        Until.holds(
                "found out",
                () -> {
                    assertThat(stack.get("/api/warehouses").statusCode()).isEqualTo(200);
                    Scrape now = Scrape.of(stack);
                    return grown(CLOSED, before, now, "reason=\"invalid\"") > 0
                            && grown("demeter_connection_validation_failures_total", before, now)
                                    > 0
                            && grown(OPENED, before, now) > 0;
                });
        assertThat(Scrape.of(stack).sum(CLOSED, "too_old")).isZero();
        everyConnectionIsAccountedFor();
    }

    // Would break: the metrics end with the database, at the moment when they are needed.
    @Test
    @DisplayName(
            "while the database is frozen and while it is down, a scrape is answered and says so")
    void lost() throws Exception {
        stack.postgres().freeze();
        try {
            Until.holds("lost", () -> Scrape.of(stack).sum("demeter_database_reachable") == 0);
        } finally {
            stack.postgres().thaw();
        }
        Until.holds("regained", () -> Scrape.of(stack).sum("demeter_database_reachable") == 1);
        stack.postgres().close();
        Until.holds("lost", () -> Scrape.of(stack).sum("demeter_database_reachable") == 0);
        stack.postgres().start();
        Until.holds("regained", () -> Scrape.of(stack).sum("demeter_database_reachable") == 1);
        isQuiet();
        everyConnectionIsAccountedFor();
    }

    // Would break: a password or an address in a label, or one that takes any number of values.
    @Test
    @DisplayName("labels are few and known; the schema's version is one of them")
    void labels() throws Exception {
        Scrape scrape = Scrape.of(stack);
        assertThat(scrape.labels())
                .isSubsetOf(
                        "state", "reason", "version", "route", "method", "status", "le", "area",
                        "id", "action", "cause", "gc");
        assertThat(scrape.sum("demeter_schema_version", "version=\"" + newest() + "\""))
                .isEqualTo(1);
        assertThat(scrape.sum("demeter_pool_connections_max")).isEqualTo(30);
        assertThat(scrape.sum("jvm_threads_live_threads")).isPositive();
        assertThat(scrape.sum("jvm_memory_used_bytes", "heap")).isPositive();
        assertThat(scrape.names()).anyMatch(name -> name.startsWith("jvm_gc_"));
    }

    /** The number of the last migration. */
    private static int newest() throws IOException {
        Path migrations =
                Path.of(System.getProperty("checkout"), "src/main/resources/db/migration");
        try (Stream<Path> files = Files.list(migrations)) {
            return files.map(file -> file.getFileName().toString())
                    .mapToInt(name -> Integer.parseInt(name.replaceAll("V(\\d+)__.*", "$1")))
                    .max()
                    .orElseThrow();
        }
    }

    private static void everyConnectionIsAccountedFor() throws Exception {
        Until.holds(
                "opened are those closed and those open",
                () -> {
                    Scrape now = Scrape.of(stack);
                    return now.sum(OPENED)
                            == now.sum(CLOSED) + now.sum("demeter_pool_connections_open");
                });
    }

    private static double grown(String name, Scrape before, Scrape now, String... labels) {
        return now.sum(name, labels) - before.sum(name, labels);
    }

    private static HttpRequest.BodyPublisher none() {
        return HttpRequest.BodyPublishers.noBody();
    }

    private static String text(String query) throws SQLException {
        try (Connection connection = stack.postgres().superuser();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
