package ai.demeter.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.demeter.run.Certificates;
import ai.demeter.run.Certificates.Issued;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Otherwise certificates would have to be converted first, or a rotation would fail logins. */
class TlsFilesTest {
    @TempDir private static Path directory;
    private static Certificates authority;
    private static Issued one;
    private static Issued another;

    @BeforeAll
    static void issue() throws Exception {
        authority = new Certificates(directory);
        one = authority.issue("one");
        another = authority.issue("another");
    }

    private static String subject(KeyManager[] identity) {
        X509KeyManager manager = (X509KeyManager) identity[0];
        String alias = manager.chooseClientAlias(new String[] {"EC"}, null, null);
        return manager.getCertificateChain(alias)[0].getSubjectX500Principal().getName();
    }

    private static byte[] der(Path pem) throws Exception {
        return Base64.getMimeDecoder()
                .decode(Files.readString(pem).replaceAll("-----[A-Z ]+-----", ""));
    }

    @Test
    @DisplayName("a key in PKCS-8, PEM or DER, and a PKCS-12 with its certificate")
    void forms() throws Exception {
        Path der = Files.write(directory.resolve("der.pk8"), der(one.key()));
        assertThat(subject(TlsFiles.identity(one.certificate(), one.key(), "")))
                .isEqualTo("CN=one");
        assertThat(subject(TlsFiles.identity(one.certificate(), der, ""))).isEqualTo("CN=one");
        assertThat(subject(TlsFiles.identity(null, one.store(), "changeit"))).isEqualTo("CN=one");
    }

    @Test
    @DisplayName("a file of several authorities: all of them are trusted")
    void authorities() throws Exception {
        Path several = directory.resolve("several.pem");
        // Of one name, as the old and the new one of a rotation.
        Certificates next = new Certificates(Files.createDirectory(directory.resolve("next")));
        Files.writeString(
                several,
                Files.readString(authority.authority()) + Files.readString(next.authority()));
        X509TrustManager trust = (X509TrustManager) TlsFiles.authorities(several)[0];
        assertThat(trust.getAcceptedIssuers()).hasSize(2);
    }

    @Test
    @DisplayName("what cannot be used is told by the file's name, without what is in it")
    void unusable() throws Exception {
        Path text = Files.writeString(directory.resolve("text"), "no certificate");
        Path empty = Files.createFile(directory.resolve("empty"));
        Path encrypted = directory.resolve("encrypted.key");
        Files.writeString(
                encrypted, Files.readString(one.key()).replace("PRIVATE", "ENCRYPTED PRIVATE"));
        assertFails(text, () -> TlsFiles.authorities(text));
        assertFails(empty, () -> TlsFiles.authorities(empty));
        Path missing = directory.resolve("missing");
        assertFails(missing, () -> TlsFiles.authorities(missing));
        assertFails(encrypted, () -> TlsFiles.identity(one.certificate(), encrypted, ""));
        assertFails(another.key(), () -> TlsFiles.identity(one.certificate(), another.key(), ""));
        assertFails(text, () -> TlsFiles.identity(one.certificate(), text, ""));
    }

    private static void assertFails(
            Path file, org.assertj.core.api.ThrowableAssert.ThrowingCallable reading) {
        assertThatThrownBy(reading)
                .isInstanceOf(TlsFileException.class)
                .hasMessageStartingWith(file + ": ");
    }

    // Would break: who connects between the replacement of one file and the other is refused.
    @Test
    @DisplayName("a certificate whose key is not there yet is waited for")
    void rotation() throws Exception {
        Path certificate = Files.copy(another.certificate(), directory.resolve("rotated.pem"));
        Path key = Files.copy(one.key(), directory.resolve("rotated.key"));
        CompletableFuture<String> read =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return subject(TlsFiles.identity(certificate, key, ""));
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        });
        BackgroundThread.pause(250);
        assertThat(read).isNotDone();
        Path next = Files.copy(another.key(), directory.resolve("next.key"));
        Files.move(next, key, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        assertThat(read.get()).isEqualTo("CN=another");
    }
}
