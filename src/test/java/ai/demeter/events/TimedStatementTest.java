package ai.demeter.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Otherwise the log would hold what is none of its business, or more than a line. */
class TimedStatementTest {
    private static final Duration TOOK = Duration.ofNanos(1_234_999_999);

    // Would break: logging the text as Hibernate or a migration lays it out.
    @Test
    @DisplayName("one line, in milliseconds")
    void line() {
        assertThat(TimedStatement.line("\n select  *\r\n\tfrom t where a=? ", TOOK, null))
                .isEqualTo("Slow statement: 1234 ms: select * from t where a=?");
        assertThat(TimedStatement.line(null, TOOK, null))
                .isEqualTo("Slow statement: 1234 ms: a batch");
    }

    // Would break: logging ten thousand placeholders.
    @Test
    @DisplayName("the beginning of a statement without end")
    void shortened() {
        String most = "x".repeat(TimedStatement.MOST);
        assertThat(TimedStatement.line(most, TOOK, null)).endsWith(": " + most);
        assertThat(TimedStatement.line(most + "y", TOOK, null)).endsWith(": " + most + "...");
    }

    // Would break: logging the failure's message, which PostgreSQL puts values into.
    @Test
    @DisplayName("of a failure its SQLState alone")
    void failed() {
        SQLException failure = new SQLException("Key (code)=(GH-01) exists", "23505");
        assertThat(TimedStatement.line("insert", TOOK, failure))
                .isEqualTo("Slow statement: 1234 ms, failed (23505): insert");
        assertThat(
                        TimedStatement.line(
                                "insert",
                                TOOK,
                                new BatchUpdateException("GH-01", "55P03", new int[0])))
                .isEqualTo("Slow statement: 1234 ms, failed (55P03): insert");
        assertThat(TimedStatement.line("insert", TOOK, new IllegalStateException("GH-01")))
                .isEqualTo("Slow statement: 1234 ms, failed: insert");
    }
}
