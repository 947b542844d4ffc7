package ai.demeter.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.demeter.run.MovableClock;
import ai.demeter.run.Until;
import ai.demeter.session.OpeningFailure;
import ai.demeter.session.Session;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Otherwise a silent host would cost the others their time, or a former primary would be written
 * to.
 */
class PrimarySearchTest {
    private ScriptedPostgres first;
    private ScriptedPostgres second;
    private CompositionRoot parts;

    @BeforeEach
    void start() throws Exception {
        first = new ScriptedPostgres();
        second = new ScriptedPostgres();
        parts = parts();
    }

    private CompositionRoot parts() {
        String hosts = "localhost:" + first.port() + ",localhost:" + second.port();
        return new CompositionRoot(
                Parts.settings(
                        "jdbc:postgresql://" + hosts + "/demeterai", "DB_CONNECT_TIMEOUT", "3"),
                new MovableClock());
    }

    @AfterEach
    void stop() throws Exception {
        first.silent(false);
        first.close();
        second.close();
    }

    private String open() throws SQLException {
        return parts.factory().forPool().host();
    }

    private static String name(ScriptedPostgres server) {
        return "localhost:" + server.port();
    }

    // Would break: a frozen primary keeps the service from the promoted standby.
    @Test
    @DisplayName("a host that accepts and says nothing costs the others none of their time")
    void silentHost() throws Exception {
        assertThat(open()).isNotNull();
        second.standby(true);
        assertThat(parts().factory().forPool().host()).isEqualTo(name(first));
        second.standby(false);
        first.silent(true);
        long started = System.nanoTime();
        assertThat(parts().factory().forPool().host()).isEqualTo(name(second));
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(2));
    }

    // Would break: the same while it runs, as the primary is asked first.
    @Test
    @DisplayName("nor does the primary itself, when it falls silent and another is promoted")
    void primaryFallsSilent() throws Exception {
        second.standby(true);
        assertThat(open()).isEqualTo(name(first));
        first.silent(true);
        second.standby(false);
        long started = System.nanoTime();
        assertThat(open()).isEqualTo(name(second));
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(2));
    }

    // Would break: a promotion is noticed only when the silent primary's time is up.
    @Test
    @DisplayName("while the primary is silent, a standby is asked again until it is promoted")
    void promotedMeanwhile() throws Exception {
        second.standby(true);
        assertThat(open()).isEqualTo(name(first));
        first.silent(true);
        CompletableFuture<String> host =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return open();
                            } catch (SQLException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        Until.holds("asked", () -> second.logins().size() >= 2);
        long promoted = System.nanoTime();
        second.standby(false);
        assertThat(host.get()).isEqualTo(name(second));
        assertThat(Duration.ofNanos(System.nanoTime() - promoted))
                .isLessThan(Duration.ofSeconds(2));
    }

    @Test
    @DisplayName("the last primary is asked alone while it answers")
    void lastPrimary() throws Exception {
        second.standby(true);
        open();
        int asked = second.logins().size();
        for (int i = 0; i < 5; i++) {
            assertThat(open()).isEqualTo(name(first));
        }
        assertThat(second.logins()).hasSize(asked);
    }

    // Would break: a primary that is full is called lost, and every request is refused.
    @Test
    @DisplayName("a refusal is that of the host that gave it, whatever a standby beside it says")
    void refusal() {
        first.refuses("53300");
        second.standby(true);
        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("53300"))
                .matches(e -> !OpeningFailure.isConnectivity(e));
    }

    @Test
    @DisplayName("a missing password is a refusal")
    void missingPassword() {
        first.asksForPassword();
        second.asksForPassword();
        assertThatThrownBy(this::open).matches(e -> !OpeningFailure.isConnectivity(e));
    }

    @Test
    @DisplayName("where none is a primary that can be reached, each is told of")
    void noPrimary() throws Exception {
        second.standby(true);
        first.close();
        assertThatThrownBy(this::open)
                .matches(OpeningFailure::isConnectivity)
                .hasMessageContaining(name(first) + ": Connection to ")
                .hasMessageContaining(name(second) + ": is a standby");
    }

    // Would break: what was written to a primary that came back is lost.
    @Test
    @DisplayName("of two that take writes it is the one of the newer timeline, in any order")
    void splitBrain() throws Exception {
        first.timeline(1);
        second.timeline(0x1A);
        assertThat(open()).isEqualTo(name(second));
        first.timeline(0x1B);
        assertThat(parts().factory().forPool().host()).isEqualTo(name(first));
    }

    @Test
    @DisplayName("once a newer timeline was seen, a former primary is refused, and told so")
    void formerPrimary() throws Exception {
        first.timeline(1);
        second.timeline(2);
        assertThat(open()).isEqualTo(name(second));
        second.refuses("53300");
        assertFormer();
        second.close();
        assertFormer();
        Until.holds("no session is kept", () -> first.sessions() == 0);
    }

    private void assertFormer() {
        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"))
                .hasMessageContaining(
                        name(first) + " is on timeline 1, and timeline 2 was seen: it is a former");
    }

    // Would break: who holds a connection to the former primary goes on writing to it.
    @Test
    @DisplayName("with the first sign of another primary, all connections to the former one go")
    void connectionsGo() throws Exception {
        first.timeline(1);
        second.standby(true);
        DemeterDataSource pool = Parts.pool(parts);
        Connection former = pool.getConnection();
        Connection alsoFormer = pool.getConnection();
        second.standby(false);
        second.timeline(2);
        first.standby(true);
        int disruptions = parts.openConnections().disruptions();
        Connection present = pool.getConnection();
        assertThat(former.isClosed()).isTrue();
        assertThat(alsoFormer.isClosed()).isTrue();
        assertThat(present.isClosed()).isFalse();
        assertThat(parts.openConnections().count()).isEqualTo(1);
        assertThat(parts.openConnections().disruptions()).isGreaterThan(disruptions);
    }

    // Would break: two names for one server, as in a URL with an alias, end each other's sessions.
    @Test
    @DisplayName("another host of the same timeline ends nothing")
    void sameTimeline() throws Exception {
        first.timeline(3);
        second.timeline(3);
        DemeterDataSource pool = Parts.pool(parts);
        Connection connection = pool.getConnection();
        ScriptedPostgres taken = first.sessions() == 1 ? first : second;
        taken.closesAtOnce(true); // a name that works no more, of a server that does
        assertThat(pool.getConnection().isClosed()).isFalse();
        assertThat(first.sessions() + second.sessions()).isEqualTo(2);
        assertThat(connection.isClosed()).isFalse();
    }

    @Test
    @DisplayName("those that came second are closed")
    void noneIsKept() throws Exception {
        try (Connection only = parts.factory().forPool().connection()) {
            assertThat(only.isClosed()).isFalse();
            Until.holds("one session", () -> first.sessions() + second.sessions() == 1);
        }
        Session single = Parts.before(first, new MovableClock()).factory().forPool();
        assertThat(single.host()).isEqualTo(name(first));
    }
}
