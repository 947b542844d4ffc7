package ai.demeter.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Otherwise a write that the database did not confirm would be acknowledged. */
class CommitTest {
    private static final String CARRIED = "INSERT INTO k VALUES ($1, $2)";

    private ScriptedPostgres server;
    private Connection connection;

    @BeforeEach
    void begin() throws Exception {
        server = new ScriptedPostgres();
        connection = Parts.pool(Parts.before(server, System::nanoTime)).getConnection();
        connection.setAutoCommit(false);
        connection.createStatement().execute("UPDATE t");
    }

    @AfterEach
    void close() throws Exception {
        Commit.takeFailure();
        server.close();
    }

    private void assertFails(String sqlState) {
        assertThatThrownBy(connection::commit)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(sqlState));
        assertThat(Commit.takeFailure()).map(SQLException::getSQLState).contains(sqlState);
    }

    private static void carry() {
        Commit.carry(new Commit.Statement("INSERT INTO k VALUES (?, ?)", "key", 1));
    }

    // Would break: 201 for what is lost with the primary.
    @Test
    @DisplayName("a commit that comes with a warning has an unknown outcome, and is not lent again")
    void warning() throws Exception {
        server.warns("COMMIT", "01000");
        assertFails("08007");
        assertThat(connection.isValid(1)).isFalse();
    }

    // Would break: outcome-unknown for whatever a trigger has to say.
    @Test
    @DisplayName("a mere notice is none, nor is what was warned of before")
    void notice() throws Exception {
        server.warns("UPDATE u", "01000");
        connection.createStatement().execute("UPDATE u");
        server.warns("COMMIT", "00000");
        connection.commit();
        assertThat(Commit.takeFailure()).isEmpty();
        assertThat(connection.isValid(1)).isTrue();
    }

    // Would break: a request with a key costs two more round trips, or ends without its answer.
    @Test
    @DisplayName("a statement that it carries is executed with it, and with no other commit")
    void carried() throws Exception {
        carry();
        connection.commit();
        assertThat(server.executed()).endsWith("BEGIN", "UPDATE t", CARRIED, "COMMIT");
        connection.createStatement().execute("UPDATE t");
        connection.commit();
        assertThat(server.executed()).endsWith(CARRIED, "COMMIT", "BEGIN", "UPDATE t", "COMMIT");
        assertThat(Commit.takeFailure()).isEmpty();
    }

    // Would break: what was to be stored with one transaction is stored with another one.
    @Test
    @DisplayName("a statement whose transaction was never committed is forgotten")
    void forgotten() throws Exception {
        carry();
        assertThat(Commit.takeFailure()).isEmpty();
        connection.commit();
        assertThat(server.executed()).doesNotContain(CARRIED);
    }

    // Would break: a write without its key, which a client then repeats.
    @Test
    @DisplayName("if the carried statement fails nothing is committed")
    void carriedFails() throws Exception {
        server.fails(CARRIED, "23505");
        carry();
        assertFails("23505");
        assertThat(server.executed()).endsWith(CARRIED).doesNotContain("COMMIT");
    }

    @Test
    @DisplayName("with a carried statement, too, a warning or a break leaves the outcome unknown")
    void carriedUnknown() throws Exception {
        server.warns("COMMIT", "01000");
        carry();
        assertFails("08007");
        connection.createStatement().execute("UPDATE t");
        server.fails(CARRIED, null);
        carry();
        assertFails("08007");
    }
}
