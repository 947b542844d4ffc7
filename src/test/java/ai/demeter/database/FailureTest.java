package ai.demeter.database;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.database.Failure.Kind;
import ai.demeter.pool.AcquisitionException;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.PersistenceException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import org.hibernate.StaleObjectStateException;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.GenericJDBCException;
import org.hibernate.exception.LockAcquisitionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.postgresql.util.ServerErrorMessage;

/** Otherwise clients would be told the wrong cause, and retry what must not be retried. */
class FailureTest {

    @ParameterizedTest
    @CsvSource({
        "08000, UNREACHABLE",
        "08001, UNREACHABLE",
        "08003, UNREACHABLE",
        "08006, UNREACHABLE",
        "08007, UNKNOWN_OUTCOME",
        "22001, INVALID",
        "22021, INVALID",
        "23001, IN_USE",
        "23502, INVALID",
        "23503, UNKNOWN_REFERENCE",
        "23505, DUPLICATE",
        "23514, INVALID",
        "23P01, DUPLICATE",
        "25006, UNREACHABLE",
        "25P03, TIMEOUT",
        "25P04, TIMEOUT",
        "28000, UNREACHABLE",
        "28P01, UNREACHABLE",
        "3D000, UNREACHABLE",
        "40001, CONTENTION",
        "40P01, CONTENTION",
        "42601, OTHER",
        "42P01, OTHER",
        "53300, UNREACHABLE",
        "55P03, TIMEOUT",
        "57014, TIMEOUT",
        "57P01, UNREACHABLE",
        "57P02, UNREACHABLE",
        "57P03, UNREACHABLE",
        "57P05, UNREACHABLE",
        "XX000, OTHER"
    })
    @DisplayName("the SQLState decides, however deep it lies and whatever wraps it")
    void states(String state, Kind kind) {
        SQLException failure = new PSQLException(fromServer(state, ""));
        assertThat(Failure.of(failure).kind()).isEqualTo(kind);
        assertThat(
                        Failure.of(
                                        new RuntimeException(
                                                new PersistenceException(
                                                        new GenericJDBCException("x", failure))))
                                .kind())
                .isEqualTo(kind);
        SQLException batch = new BatchUpdateException("x", state, new int[0], failure);
        assertThat(Failure.of(new PersistenceException(batch)).kind()).isEqualTo(kind);
    }

    @Test
    @DisplayName("what pgjdbc says of a broken connection")
    void broken() {
        SQLException failure =
                new PSQLException(
                        "An I/O error occurred while sending to the backend.",
                        PSQLState.CONNECTION_FAILURE,
                        new SocketTimeoutException("Read timed out"));
        assertThat(Failure.of(failure).kind()).isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    @DisplayName("a commit that broke off wins over the break that it wraps")
    void unknownOutcome() {
        SQLException broken = new SQLException("broken", "08006", new IOException());
        SQLException commit = new SQLException("unknown", "08007", broken);
        assertThat(Failure.of(new RuntimeException(commit)).kind()).isEqualTo(Kind.UNKNOWN_OUTCOME);
    }

    // Would break: a commit of unknown outcome is called a refusal, because something else failed
    // while it was cleared up, and a client sends it once more.
    @ParameterizedTest
    @CsvSource({
        "08007, 53300, UNKNOWN_OUTCOME",
        "08007, 40001, UNKNOWN_OUTCOME",
        "08007, 23505, UNKNOWN_OUTCOME",
        "08006, 57014, UNREACHABLE",
        "08006, 40P01, UNREACHABLE",
        "08006, 23505, UNREACHABLE",
        "57014, 40001, TIMEOUT",
        "57014, 23505, TIMEOUT",
        "40001, 23505, CONTENTION",
        "40001, 23514, CONTENTION",
        "23505, 23514, DUPLICATE",
        "23505, 42601, DUPLICATE",
        "23514, 42601, INVALID"
    })
    @DisplayName("of two causes the graver one decides, whichever is found first")
    void order(String graver, String other, Kind kind) {
        Exception one = new IllegalStateException(new SQLException("x", graver));
        one.addSuppressed(new SQLException("x", other));
        assertThat(Failure.of(one).kind()).isEqualTo(kind);
        Exception two = new IllegalStateException(new SQLException("x", other));
        two.addSuppressed(new SQLException("x", graver));
        assertThat(Failure.of(two).kind()).isEqualTo(kind);
    }

    // Would break: clients are told to wait for a database that is there, or of a crowd that is
    // not.
    @ParameterizedTest
    @CsvSource({
        "TIMED_OUT, POOL_EXHAUSTED",
        "QUEUE_FULL, OVERLOADED",
        "DATABASE_LOST, UNREACHABLE"
    })
    @DisplayName("no permit of the bulkhead, by its reason")
    void refused(AcquisitionException.Reason reason, Kind kind) {
        assertThat(Failure.of(new RuntimeException(new AcquisitionException(reason))).kind())
                .isEqualTo(kind);
    }

    @Test
    @DisplayName(
            "a violated constraint names its field, in camel case, from inside a batch as well")
    void field() {
        SQLException detail =
                new PSQLException(fromServer("23505", "twarehouse\0nwarehouse_code_key\0"));
        SQLException batch = new BatchUpdateException("x", "23505", 0, new int[0], null);
        batch.setNextException(detail);
        Failure failure =
                Failure.of(
                        new PersistenceException(
                                new ConstraintViolationException("x", batch, "unused")));
        assertThat(failure)
                .isEqualTo(new Failure(Kind.DUPLICATE, "warehouse_code_key", "warehouse", null));
        assertThat(failure.field()).isEqualTo("code");
    }

    @ParameterizedTest
    @CsvSource({
        "storage_area, storage_area_code_key, , code",
        "storage_area, storage_area_valid_from_check, , validFrom",
        "bed, bed_storage_area_id_fkey, , storageAreaId",
        "area, area_warehouse_id_code_key, , code",
        "bed, bed_storage_area_id_valid_from_key, , validFrom",
        "bed, bed_span_excl, , span",
        "bed, somebody_elses_name, , somebodyElsesName",
        "bed, , plant_count, plantCount",
        "bed, bed_x_check, plant_count, plantCount",
        ", , , body"
    })
    @DisplayName("fields by PostgreSQL's way of naming constraints, or by the column")
    void fields(String table, String constraint, String column, String field) {
        assertThat(new Failure(Kind.INVALID, constraint, table, column).field()).isEqualTo(field);
    }

    @Test
    @DisplayName("a not-null violation names its column")
    void column() {
        Failure failure =
                Failure.of(new PSQLException(fromServer("23502", "twarehouse\0ccreated_at\0")));
        assertThat(failure.kind()).isEqualTo(Kind.INVALID);
        assertThat(failure.field()).isEqualTo("createdAt");
    }

    @Test
    @DisplayName("a row changed meanwhile is stale, as JPA or Hibernate says it")
    void stale() {
        assertThat(Failure.of(new RuntimeException(new OptimisticLockException())).kind())
                .isEqualTo(Kind.STALE);
        assertThat(Failure.of(new StaleObjectStateException("Warehouse", 1L)).kind())
                .isEqualTo(Kind.STALE);
    }

    @Test
    @DisplayName("a deadlock under Hibernate's own class is contention")
    void deadlock() {
        assertThat(
                        Failure.of(
                                        new LockAcquisitionException(
                                                "x", new PSQLException(fromServer("40P01", ""))))
                                .kind())
                .isEqualTo(Kind.CONTENTION);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Error in allocating a connection. Cause: In-use connections equal max-pool-size and expired max-wait-time. Cannot allocate more connections.",
                "IJ000655: No managed connections available within configured blocking timeout (3000 [ms])"
            })
    @DisplayName("an exhausted pool has no SQLState on either server; its text tells")
    void exhausted(String message) {
        Exception pool = new SQLException("IJ000453", new Exception(message));
        assertThat(Failure.of(new GenericJDBCException("x", (SQLException) pool)).kind())
                .isEqualTo(Kind.POOL_EXHAUSTED);
    }

    @Test
    @DisplayName("WildFly's failure to open a connection has the driver's SQLState underneath")
    void notOpened() {
        Exception managed =
                new Exception(
                        "IJ031084: Unable to create connection",
                        new SQLException("refused", "08001"));
        assertThat(Failure.of(new SQLException("IJ000453: Unable to get", managed)).kind())
                .isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    @DisplayName("suppressed causes count, and a circle of causes ends")
    void suppressedAndCircular() {
        Exception outer = new IllegalStateException("outer");
        outer.addSuppressed(new SQLException("x", "40001"));
        assertThat(Failure.of(outer).kind()).isEqualTo(Kind.CONTENTION);

        Exception one = new Exception("one");
        one.initCause(new Exception("two", one));
        assertThat(Failure.of(one).kind()).isEqualTo(Kind.OTHER);
    }

    @Test
    @DisplayName("a fault of the application stays one")
    void other() {
        assertThat(Failure.of(new NullPointerException()).kind()).isEqualTo(Kind.OTHER);
        assertThat(Failure.of(new SQLException("no state")).kind()).isEqualTo(Kind.OTHER);
        assertThat(Failure.of(new RuntimeException((String) null)).field()).isEqualTo("body");
    }

    /** An error as it comes over the wire: fields, each a letter and text that ends in NUL. */
    private static ServerErrorMessage fromServer(String state, String fields) {
        return new ServerErrorMessage("SERROR\0C" + state + "\0Mmessage\0" + fields);
    }
}
