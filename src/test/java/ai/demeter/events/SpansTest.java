package ai.demeter.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Otherwise a trace would show what happened in another order, or what nobody may see. */
class SpansTest {
    private final List<String> ended = new ArrayList<>();

    private final class Recorded implements Span {
        private final String path;
        private String said = "";

        private Recorded(String path) {
            this.path = path;
        }

        @Override
        public TraceContext context() {
            return new TraceContext("1".repeat(32), "2".repeat(16), true);
        }

        @Override
        public Span begin(String name, Kind kind, long ago) {
            return new Recorded(path + "/" + name);
        }

        @Override
        public void name(String name) {}

        @Override
        public void set(String attribute, String value) {
            said += " " + attribute + "=" + value;
        }

        @Override
        public void set(String attribute, long value) {
            said += " " + attribute + "=" + value;
        }

        @Override
        public void failed(String type) {
            said += " failed:" + type;
        }

        @Override
        public void end() {
            ended.add(path + said);
        }
    }

    @BeforeEach
    void make() {
        Spans.make(
                new Spans.Source() {
                    @Override
                    public Span request(TraceContext caller) {
                        return caller != null && !caller.sampled() ? null : new Recorded("request");
                    }

                    @Override
                    public void close() {
                        ended.add("closed");
                    }
                });
    }

    @AfterEach
    void stop() {
        Spans.leave();
        Spans.stop();
    }

    @Test
    @DisplayName("each is a part of the one around it, and says what it failed with")
    void parts() throws Exception {
        Span request = Spans.enter(null);
        Spans.within(
                "unit",
                0,
                () -> {
                    Spans.waited(5);
                    assertThatThrownBy(
                                    () -> Spans.within("attempt", 1, SpansTest::fails, e -> "lost"))
                            .isInstanceOf(SQLException.class);
                    return Spans.within("attempt", 2, () -> statement("select a"), e -> "none");
                },
                e -> "none");
        Spans.waited(1);
        request.end();
        assertThat(ended)
                .containsExactly(
                        "request/unit/wait for a connection",
                        "request/unit/attempt/update db.system.name=postgresql"
                                + " db.query.summary=update db.query.text=update"
                                + " db.response.status_code=40001 failed:40001",
                        "request/unit/attempt demeter.attempt=1 failed:lost",
                        "request/unit/attempt/select db.system.name=postgresql"
                                + " db.query.summary=select db.query.text=select a",
                        "request/unit/attempt demeter.attempt=2",
                        "request/unit",
                        "request/wait for a connection",
                        "request");
    }

    private static Void fails() throws SQLException {
        return TimedStatement.timed(
                () -> {
                    throw new SQLException("Key (code)=(SECRET)", "40001");
                },
                "update",
                Long.MAX_VALUE);
    }

    private static String statement(String sql) throws SQLException {
        return TimedStatement.timed(() -> sql, sql, Long.MAX_VALUE);
    }

    @Test
    @DisplayName("there are none outside a request, of one that is not recorded, and after the end")
    void none() throws Exception {
        assertThat(Spans.within("unit", 0, () -> statement("select a"), e -> "")).isNotNull();
        assertThat(Spans.enter(new TraceContext("1".repeat(32), "2".repeat(16), false))).isNull();
        Spans.waited(1);
        assertThat(ended).isEmpty();
        Span request = Spans.enter(null);
        Spans.stop();
        Spans.within("unit", 0, () -> statement("select a"), e -> "");
        request.end();
        assertThat(Spans.enter(null)).isNull();
        assertThat(Spans.areMade()).isFalse();
        assertThat(ended).containsExactly("closed", "request");
    }

    @ParameterizedTest
    @DisplayName("a statement is called by what it does and its first table")
    @CsvSource(
            delimiter = ';',
            textBlock =
                    """
                    select w.id from warehouse w join area a on true; select warehouse
                    INSERT INTO idempotency (key) VALUES (?); INSERT idempotency
                    update batch set quantity = ?; update batch
                    COPY detection (id) FROM STDIN; COPY detection
                    COMMIT; COMMIT
                    """)
    void summary(String sql, String summary) {
        assertThat(Spans.summary(sql)).isEqualTo(summary);
    }
}
