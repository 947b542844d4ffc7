package ai.demeter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLHandshakeException;
import org.assertj.core.api.InstanceOfAssertFactories;
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
        // A channel's own, in the place of the alert that the end of the connection has overtaken.
        IOException reset = new IOException("Connection reset by peer");
        reset.setStackTrace(
                new StackTraceElement[] {
                    new StackTraceElement("sun.security.ssl.SSLSocketInputRecord", "read", null, 1)
                });
        assertThat(describe(reset)).contains("look at DATABASE_CERT_FILE");
    }

    // Would break: of a certificate that the database refuses the log would say that an attempt
    // failed. Its alert may be lost where the connection ends right after it.
    @Test
    @DisplayName("a login that ends without a word is told so, with where to look")
    void closedDuringLogin() throws Exception {
        try (ServerSocket server = new ServerSocket(0)) {
            CompletableFuture<Void> closing =
                    CompletableFuture.runAsync(
                            () -> {
                                try (Socket client = server.accept()) {
                                    // All of it: else the end would be a reset.
                                    int read = client.getInputStream().read(new byte[10_000]);
                                    assertThat(read).isPositive();
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
            String url =
                    "jdbc:postgresql://localhost:%d/none?sslmode=disable&gssEncMode=disable"
                            .formatted(server.getLocalPort());
            assertThatThrownBy(() -> DriverManager.getConnection(url))
                    .extracting(OpeningFailure::describe, InstanceOfAssertFactories.STRING)
                    .startsWith("the database closed the connection during the login")
                    .contains("DATABASE_CERT_FILE");
            closing.get();
        }
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
