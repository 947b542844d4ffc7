package ai.demeter.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Properties;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.postgresql.ssl.NonValidatingFactory.NonValidatingTM;

/**
 * Encrypts pgjdbc's sockets. The driver makes one for each connection, by its name, so that what
 * the files hold at that moment counts: certificates are rotated without a restart.
 *
 * <p>It takes the driver's own properties: {@code sslrootcert}, or else the JVM's trust store says
 * whom to trust; {@code sslcert}, {@code sslkey} and {@code sslpassword} say who we are. As for
 * libpq, the modes below {@code verify-ca} trust anybody unless {@code sslrootcert} is given.
 * Whether the name of the host fits is the driver's to check.
 */
public final class TlsSocketFactory extends SSLSocketFactory {
    private final SSLSocketFactory delegate;
    private final String ticket;

    /**
     * Called by pgjdbc.
     *
     * @throws TlsFileException if a file cannot be used
     */
    public TlsSocketFactory(Properties properties) throws IOException, GeneralSecurityException {
        ticket = properties.getProperty("socketFactoryArg");
        String root = properties.getProperty("sslrootcert");
        TrustManager[] trust = null; // the JVM's
        if (root != null) {
            trust = TlsFiles.authorities(Path.of(root));
        } else if (!properties.getProperty("sslmode", "").startsWith("verify-")) {
            trust = new TrustManager[] {new NonValidatingTM()};
        }
        String certificate = properties.getProperty("sslcert");
        String key = properties.getProperty("sslkey");
        KeyManager[] identity =
                certificate == null && key == null
                        ? null
                        : TlsFiles.identity(
                                certificate == null ? null : Path.of(certificate),
                                key == null ? null : Path.of(key),
                                properties.getProperty("sslpassword", ""));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(identity, trust, null);
        delegate = context.getSocketFactory();
    }

    @Override
    public Socket createSocket(Socket plain, String host, int port, boolean autoClose)
            throws IOException {
        BoundedSockets.encrypted(ticket);
        return delegate.createSocket(plain, host, port, autoClose);
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return delegate.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return delegate.getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw onlyOverAnother();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw onlyOverAnother();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw onlyOverAnother();
    }

    @Override
    public Socket createSocket(
            InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw onlyOverAnother();
    }

    private static UnsupportedOperationException onlyOverAnother() {
        return new UnsupportedOperationException("pgjdbc connects the socket below");
    }
}
