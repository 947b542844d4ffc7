package ai.demeter.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.demeter.auth.TestIssuer;
import ai.demeter.run.Stack;
import ai.demeter.run.Until;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The status where tokens are asked for. */
class StatusTokenIT {
    private static final String STATUS = "/api/status";
    private static TestIssuer issuer;
    private static Stack stack;

    @BeforeAll
    static void start() throws Exception {
        issuer = new TestIssuer();
        stack =
                Stack.start(
                        "status-token",
                        Map.of("AUTH_ISSUER", issuer.url(), "AUTH_AUDIENCE", TestIssuer.AUDIENCE));
    }

    @AfterAll
    static void stop() {
        stack.close();
        issuer.close();
    }

    // Would break: the texts of statements and the database's address, for whoever reaches the
    // port.
    @Test
    @DisplayName("it takes the scope demeter.metrics, also where metrics are open")
    void scope() throws Exception {
        assertThat(stack.get("/api/metrics").statusCode()).isEqualTo(200);
        assertThat(stack.get(STATUS).statusCode()).isEqualTo(401);
        assertThat(status("demeter.read demeter.write")).isEqualTo(403);
        assertThat(status("demeter.metrics")).isEqualTo(200);
    }

    // Would break: a page that shows nothing and does not say why.
    @Test
    @DisplayName("the page asks for a token, says what is wrong with one, and keeps a good one")
    void page() throws Exception {
        assumeTrue(Browser.isInstalled(), Browser.MISSING);
        try (Browser browser = new Browser()) {
            browser.open(stack.uri("/"));
            Until.holds("it asks", () -> browser.text("#word").equals("A token is needed"));
            assertThat(browser.element("#chart").isDisplayed()).isFalse();
            browser.screenshot(stack.log().resolveSibling("status-locked.png"));
            give(browser, "nonsense");
            Until.holds("it says so", () -> browser.text("#sentence").startsWith("The token"));
            give(browser, issuer.token("demeter.metrics"));
            Until.holds("it serves", () -> browser.text("#word").equals("Serving"));
            assertThat(browser.element("#token").isDisplayed()).isFalse();
            browser.open(stack.uri("/"));
            Until.holds("it still does", () -> browser.text("#word").equals("Serving"));
        }
    }

    private static void give(Browser browser, String token) {
        browser.element("#token-text").clear();
        browser.element("#token-text").sendKeys(token);
        browser.element("#token button").click();
    }

    private static int status(String scope) throws Exception {
        return stack.send(
                        stack.request(STATUS)
                                .header("Authorization", "Bearer " + issuer.token(scope)))
                .statusCode();
    }
}
