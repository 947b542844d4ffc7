package ai.demeter.schema;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.database.Failure;
import java.sql.SQLException;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Otherwise a migration that can never succeed is tried once a second, without a word. */
class SchemaTest {
    @ParameterizedTest
    @CsvSource({
        "08001, true",
        "08006, true",
        "28P01, true",
        "53300, true",
        "57P03, true",
        "40P01, true",
        "55P03, true",
        "57014, true",
        "22001, false",
        "22P02, false",
        "23502, false",
        "23503, false",
        "23505, false",
        "23514, false",
        "42601, false",
        "42P07, false"
    })
    @DisplayName("a database that is away, a lock or a timeout passes; data and syntax do not")
    void passing(String state, boolean passing) {
        Exception failure = new FlywayException("x", new SQLException("x", state));
        assertThat(Schema.isPassing(Failure.of(failure).kind())).isEqualTo(passing);
    }
}
