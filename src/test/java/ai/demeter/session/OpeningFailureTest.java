package ai.demeter.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.net.UnknownHostException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.sql.SQLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/** Otherwise the log would leave people with the words of a library. */
class OpeningFailureTest {

    @Test
    @DisplayName("network failures and class 08 are those of connectivity, however deep")
    void connectivity() {
        assertThat(OpeningFailure.isConnectivity(new SQLException("", "08006"))).isTrue();
        assertThat(
                        OpeningFailure.isConnectivity(
                                new IllegalStateException(
                                        new SQLException("", "XX000", new EOFException()))))
                .isTrue();
        assertThat(OpeningFailure.isConnectivity(new SQLException("", "57014"))).isFalse();
        assertThat(OpeningFailure.isConnectivity(new SQLException(""))).isFalse();
    }

    // Would break: a pooler that takes no more clients makes those that it has fail.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    no more connections allowed (max_client_conn)  | false
                    unsupported startup parameter: options         | false
                    no such database: demeter                      | false
                    SASL authentication failed                     | false
                    server login has been failing, try again later | true
                    query_wait_timeout                             | true
                    """)
    @DisplayName("what a pooler refuses itself is no lost database, what it cannot reach is")
    void pooler(String message, boolean lost) {
        SQLException failure = new SQLException("FATAL: " + message, "08P01");
        assertThat(OpeningFailure.isConnectivity(failure)).isEqualTo(lost);
    }

    @Test
    @DisplayName("a cause that is known is told with what to do, however deep it is")
    void known() {
        assertThat(describe(new UnknownHostException("db.invalid")))
                .isEqualTo(
                        "the name of the host does not resolve: db.invalid; correct DATABASE_URL or the name service");
        assertThat(describe(new CertificateExpiredException("NotAfter: x")))
                .contains("has expired (NotAfter: x); renew it");
        assertThat(describe(new CertificateNotYetValidException("NotBefore: x")))
                .contains("not valid yet (NotBefore: x); compare the clocks");
        assertThat(describe(new SSLHandshakeException("Received fatal alert: unknown_ca")))
                .contains("refuses our certificate (unknown_ca); look at DATABASE_CERT_FILE");
    }

    private static String describe(Exception cause) {
        return OpeningFailure.describe(
                new PSQLException(
                        "The connection attempt failed.",
                        PSQLState.CONNECTION_UNABLE_TO_CONNECT,
                        new IllegalStateException(cause)));
    }

    @Test
    @DisplayName("any other is told by its message on one line, and its SQLState")
    void others() {
        assertThat(OpeningFailure.describe(new SQLException("FATAL: no\n  place ", "53300")))
                .isEqualTo("FATAL: no place (53300)");
        assertThat(OpeningFailure.describe(new IllegalStateException("no"))).isEqualTo("no");
    }
}
