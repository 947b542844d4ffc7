package ai.demeter.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.demeter.events.Event;
import ai.demeter.run.Stack;
import ai.demeter.run.TableLock;
import ai.demeter.run.Until;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.openqa.selenium.Keys;

/**
 * The status page in a real browser. Otherwise who looks at it in trouble would see an empty page,
 * yesterday's figures, or nothing at all with a screen reader.
 *
 * <p>In order, because the last one ends the server.
 */
@Tag("proof")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StatusPageIT {
    private static final String WAREHOUSES = "/api/warehouses";

    /** What happens is on the page after this. */
    private static final Duration SOON = Duration.ofSeconds(3);

    private static Stack stack;
    private static Browser browser;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(Browser.isInstalled(), Browser.MISSING);
        stack =
                Stack.start(
                        "status-page",
                        Map.of(
                                "DB_POOL_SIZE", "6",
                                "DB_MAX_OVERFLOW", "4",
                                "DB_POOL_TIMEOUT", "20",
                                "DB_LOCK_TIMEOUT", "10",
                                "DB_SLOW_STATEMENT", "500"));
        browser = new Browser();
    }

    @AfterAll
    static void stop() throws Exception {
        if (browser != null) {
            browser.close();
        }
        if (stack != null) {
            stack.close();
        }
    }

    @BeforeEach
    void open() throws Exception {
        browser.show(1280, false);
        browser.open(stack.uri("/"));
        Until.holds("the page serves", () -> browser.text("#word").equals("Serving"));
    }

    @AfterEach
    void nothingToComplainOf() {
        if (stack.server().process().isAlive()) {
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    @Order(1)
    @DisplayName("a service that is well says so, with its figures")
    void serving() throws Exception {
        for (int i = 0; i < 30; i++) {
            stack.post(WAREHOUSES, "{\"code\":\"S-" + i + "\",\"name\":\"S\",\"type\":\"tunnel\"}");
            stack.get(WAREHOUSES);
        }
        Until.holds(
                "all requests are counted",
                () ->
                        browser.text("#requests")
                                .matches("(?s).*GET /api/warehouses .* 30\\n.*POST .* 30.*"));
        assertThat(browser.text("#sentence"))
                .matches("\\d of 10 connections busy, none waiting; database reached .*");
        assertThat(browser.text("#open")).isEqualTo("6 of 10");
        assertThat(browser.text("#times")).contains("Acquisition", "Usage");
        assertThat(browser.text("#closings")).contains("too old", "pool");
        assertThat(browser.text("#events")).contains("schema current");
        assertThat(browser.text("#settings")).contains("DB_POOL_SIZE").contains("(set)");
        assertThat(browser.text("#versions")).contains("PostgreSQL", "18.");
        assertThat(browser.text("#migrations")).contains("warehouse");
        assertThat(browser.text("#ages-text")).startsWith("6 connections are open");
        Until.holds(
                "the chart is drawn",
                () ->
                        Boolean.TRUE.equals(
                                browser.run("return !!document.querySelector('#chart .idle')")));
        screenshot("serving");
    }

    @Test
    @Order(2)
    @DisplayName("neither bright nor dark, wide nor narrow, is there anything that axe-core finds")
    void accessible() throws Exception {
        for (boolean dark : new boolean[] {false, true}) {
            for (int width : new int[] {1280, 360}) {
                browser.show(width, dark);
                assertThat(violations()).as("%s px, dark: %s", width, dark).isEmpty();
                assertThat(browser.run("return document.documentElement.scrollWidth"))
                        .as("nothing sticks out")
                        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LONG)
                        .isLessThanOrEqualTo(width);
                screenshot((dark ? "dark-" : "bright-") + width);
            }
        }
        browser.show(1280, false);
        browser.open(stack.uri("/page/help.html"));
        Until.holds("it is there", () -> !browser.text("#state-serving").isEmpty());
        assertThat(violations()).isEmpty();
    }

    @Test
    @Order(3)
    @DisplayName("each state, event and reason has its row where the page links to")
    void documented() throws Exception {
        browser.open(stack.uri("/page/help.html#event-slow-statement"));
        Until.holds(
                "the row is there and named",
                () ->
                        "event-slow-statement"
                                .equals(
                                        browser.run(
                                                "return document.querySelector(':target')?.id")));
        List<String> ids = new ArrayList<>(List.of("state-silent", "state-locked"));
        Arrays.stream(Condition.State.values()).forEach(s -> ids.add("state-" + s.wireName()));
        Arrays.stream(Event.Kind.values()).forEach(k -> ids.add("event-" + k.wireName()));
        Arrays.stream(ai.demeter.connection.OpenConnections.Closing.values())
                .forEach(c -> ids.add("reason-" + c.name().toLowerCase(java.util.Locale.ROOT)));
        assertThat(ids).allMatch(id -> !browser.text("[id='" + id + "']").isEmpty());
    }

    @Test
    @Order(4)
    @DisplayName("by keyboard: the first key leads to the state, and all links can be reached")
    void keyboard() {
        browser.element("body").sendKeys(Keys.TAB);
        assertThat(browser.run("return document.activeElement.textContent"))
                .isEqualTo("Skip to the state");
        browser.element("a.skip").sendKeys(Keys.ENTER);
        assertThat(browser.run("return document.activeElement.id")).isEqualTo("state");
        assertThat((Long) browser.run("return document.querySelectorAll('[tabindex]').length"))
                .isPositive();
        assertThat(
                        (Long)
                                browser.run(
                                        "return [...document.querySelectorAll('[tabindex]')].filter(e => e.tabIndex > 0).length"))
                .isZero();
    }

    @Test
    @Order(5)
    @DisplayName("a locked table that fills the pool is seen within 3 s, and announced once")
    void lockedTable() throws Exception {
        List<CompletableFuture<?>> clients;
        try (TableLock lock = new TableLock(stack.postgres())) {
            clients =
                    Stream.generate(() -> stack.sendAsync(stack.request(WAREHOUSES)))
                            .limit(25)
                            .<CompletableFuture<?>>map(future -> future)
                            .toList();
            assertThat(
                            Until.holds(
                                    "the page is short of connections",
                                    () ->
                                            browser.text("#word").equals("Short of connections")
                                                    && browser.text("#sentence")
                                                            .contains("10 of 10 connections busy")))
                    .isLessThan(SOON);
            Until.holds("all others wait", () -> browser.text("#waiting").equals("15"));
            assertThat((String) browser.run("return document.title")).startsWith("Short of");
            assertThat(
                            (String)
                                    browser.run(
                                            "return document.getElementById('announcement').textContent"))
                    .startsWith("Short of connections.");
            Thread.sleep(2000); // so that the chart shows more than a point
            screenshot("saturated");
            lock.release();
        }
        CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new)).join();
    }

    @Test
    @Order(6)
    @DisplayName("a slow statement is seen within 3 s, by its text and with the id of its request")
    void slowStatement() throws Exception {
        CompletableFuture<?> client;
        try (TableLock lock = new TableLock(stack.postgres())) {
            client =
                    stack.sendAsync(
                            stack.request(WAREHOUSES).header("X-Request-Id", "the-slow-one"));
            Thread.sleep(1000); // twice as long as is slow
            lock.release();
        }
        client.join();
        assertThat(
                        Until.holds(
                                "the event is shown",
                                () ->
                                        browser.text("#events").contains("the-slow-one")
                                                && browser.text("#slow")
                                                        .contains("from Warehouse")))
                .isLessThan(SOON);
        assertThat(browser.text("#events tbody tr")).contains("slow statement");
        browser.run("document.getElementById('slow-title').scrollIntoView()");
        screenshot("slow-statement");
    }

    @Test
    @Order(7)
    @DisplayName("a stopped database and its return are seen within 3 s each")
    void databaseStopped() throws Exception {
        stack.postgres().close();
        assertThat(
                        Until.holds(
                                "the database is lost",
                                () -> browser.text("#word").equals("Database lost")))
                .isLessThan(SOON);
        assertThat(browser.text("#events tbody tr")).contains("database lost");
        assertThat((String) browser.run("return document.getElementById('state').dataset.level"))
                .isEqualTo("bad");
        Thread.sleep(4000); // so that the band has a width
        screenshot("unreachable");
        stack.postgres().start();
        assertThat(
                        Until.holds(
                                "the database is back",
                                () -> browser.text("#word").equals("Serving")))
                .isLessThan(SOON);
        Until.holds("its event", () -> browser.text("#events").contains("database regained"));
        assertThat((Boolean) browser.run("return !!document.querySelector('#chart .outage')"))
                .isTrue();
        assertThat(browser.text("#chart-text")).contains("the database was lost ");
        screenshot("regained");
    }

    @Test
    @Order(8)
    @DisplayName("a page that nobody sees asks nothing")
    void hidden() throws Exception {
        setHidden(true);
        Until.holds(
                "what was under way is shown, and no more", // long before its minute is over
                Duration.ofSeconds(10),
                () -> {
                    Object shown = chart();
                    Thread.sleep(2500);
                    return chart().equals(shown);
                });
        browser.run("performance.clearResourceTimings()");
        Object shown = chart();
        Thread.sleep(2500);
        assertThat(chart()).isEqualTo(shown);
        assertThat((Long) browser.run("return performance.getEntriesByType('resource').length"))
                .isZero();
        setHidden(false);
        Until.holds("it watches again", () -> !chart().equals(shown));
    }

    /** Has a sample more each second. */
    private static Object chart() {
        return browser.run("return document.getElementById('chart').innerHTML");
    }

    private static void setHidden(boolean hidden) {
        browser.run(
                "Object.defineProperty(document, 'hidden', {value: "
                        + hidden
                        + ", configurable: true});"
                        + "document.dispatchEvent(new Event('visibilitychange'))");
    }

    @Test
    @Order(9)
    @DisplayName("the API can be tried from its description")
    void apiDocs() throws Exception {
        browser.open(stack.uri("/api-docs"));
        String operation = "#api .opblock-get:has([data-path='/api/warehouses'])";
        Until.holds("it is described", () -> browser.text(operation).contains("/api/warehouses"));
        browser.element(operation + " button").click();
        Until.holds("it can be tried", () -> browser.text(operation).contains("Execute"));
        browser.element(operation + " button.execute").click();
        Until.holds(
                "it is answered",
                () -> browser.text(operation + " .live-responses-table").contains("\"items\""));
        assertThat(browser.text(operation + " .live-responses-table .response-col_status"))
                .contains("Code");
        assertThat(browser.text(operation + " .live-responses-table tbody .response-col_status"))
                .startsWith("200");
        screenshot("api-docs");
    }

    @Test
    @Order(10)
    @DisplayName("a server that does not answer is told from one that is well")
    void silent() throws Exception {
        stack.server().kill();
        assertThat(
                        Until.holds(
                                "it does not answer",
                                () -> browser.text("#word").equals("No answer from this server")))
                .isLessThan(SOON);
        screenshot("silent");
    }

    private static List<?> violations() throws Exception {
        try (InputStream axe = StatusPageIT.class.getResourceAsStream("/axe.min.js")) {
            // By the driver, past the page's policy: no page of ours brings it along.
            browser.run(new String(axe.readAllBytes(), StandardCharsets.UTF_8));
        }
        return (List<?>)
                browser.runAsync(
                        "const done = arguments[arguments.length - 1];"
                                + "axe.run().then(r => done(r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 120)).join(' | '))))");
    }

    private static void screenshot(String name) throws Exception {
        browser.screenshot(stack.log().resolveSibling("status-" + name + ".png"));
    }
}
