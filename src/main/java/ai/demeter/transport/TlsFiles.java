package ai.demeter.transport;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Reads certificates and keys, in the forms that people have them in. */
final class TlsFiles {
    private static final Pattern PEM_KEY =
            Pattern.compile("-----BEGIN ([A-Z ]*)PRIVATE KEY-----([^-]*)-----END");

    /** Files are not replaced at one moment: for this long they need not be whole, or fit. */
    private static final int TRIES = 10;

    private static final long PAUSE_MILLIS = 100;
    private static final char[] NO_PASSWORD = {};

    private TlsFiles() {}

    private interface Reading<T> {
        T now() throws IOException, GeneralSecurityException;
    }

    private static <T> T read(Reading<T> reading) throws IOException, GeneralSecurityException {
        for (int tries = 1; ; tries++) {
            try {
                return reading.now();
            } catch (TlsFileException e) {
                if (tries == TRIES) {
                    throw e;
                }
                BackgroundThread.pause(PAUSE_MILLIS);
            }
        }
    }

    /**
     * Whoever the authorities in this file have certified is trusted.
     *
     * @throws TlsFileException if there still is no certificate in it after a second
     */
    static TrustManager[] authorities(Path file) throws IOException, GeneralSecurityException {
        KeyStore trusted = emptyStore();
        for (X509Certificate authority : read(() -> certificates(file))) {
            trusted.setCertificateEntry(Integer.toString(trusted.size()), authority);
        }
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return factory.getTrustManagers();
    }

    /**
     * Who we are.
     *
     * @param certificates PEM or DER, ours first; null if the key's file holds them
     * @param key PEM or DER in PKCS-8, or PKCS-12; null if the certificates' file holds it
     * @param password of a PKCS-12
     * @throws TlsFileException if a file cannot be used, or they still do not fit after a second
     */
    static KeyManager[] identity(Path certificates, Path key, String password)
            throws IOException, GeneralSecurityException {
        return read(() -> identityNow(certificates, key, password));
    }

    private static KeyManager[] identityNow(Path certificates, Path key, String password)
            throws IOException, GeneralSecurityException {
        Path keyFile = key == null ? certificates : key;
        byte[] bytes = read(keyFile);
        KeyManagerFactory factory =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        KeyStore store = pkcs12(bytes, password);
        if (store != null) {
            factory.init(store, password.toCharArray());
            return factory.getKeyManagers();
        }
        List<X509Certificate> chain = certificates(certificates == null ? key : certificates);
        PrivateKey privateKey =
                privateKey(keyFile, bytes, chain.get(0).getPublicKey().getAlgorithm());
        if (!isPair(privateKey, chain.get(0))) {
            throw new TlsFileException(keyFile, "is not the key of the certificate", null);
        }
        store = emptyStore();
        store.setKeyEntry("client", privateKey, NO_PASSWORD, chain.toArray(new Certificate[0]));
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static List<X509Certificate> certificates(Path file) throws IOException {
        try (InputStream in = new ByteArrayInputStream(read(file))) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (found.isEmpty()) {
                throw new TlsFileException(file, "holds no certificate", null);
            }
            return found.stream().map(X509Certificate.class::cast).toList();
        } catch (CertificateException e) {
            throw new TlsFileException(file, "holds no certificate in PEM", e);
        }
    }

    private static PrivateKey privateKey(Path file, byte[] bytes, String algorithm)
            throws IOException, GeneralSecurityException {
        byte[] encoded = bytes;
        Matcher pem = PEM_KEY.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
        if (pem.find()) {
            if (!pem.group(1).isEmpty()) {
                throw new TlsFileException(
                        file,
                        "holds a key that is encrypted or not in PKCS-8; convert it with"
                                + " openssl pkcs8 -topk8 -nocrypt",
                        null);
            }
            encoded = Base64.getMimeDecoder().decode(pem.group(2));
        }
        try {
            return KeyFactory.getInstance(algorithm)
                    .generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (InvalidKeySpecException e) {
            throw new TlsFileException(
                    file, "holds no key in PKCS-8 or PKCS-12 that fits the certificate", e);
        }
    }

    /** The certificate would be sent all the same, and the server's refusal says little. */
    private static boolean isPair(PrivateKey key, X509Certificate certificate)
            throws GeneralSecurityException {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                };
        byte[] text = {1, 2, 3};
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(text);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(text);
        return signature.verify(signed);
    }

    /** Null if it is none that opens with this password. */
    private static KeyStore pkcs12(byte[] bytes, String password) throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(new ByteArrayInputStream(bytes), password.toCharArray());
            return store.size() == 0 ? null : store;
        } catch (IOException e) {
            return null;
        }
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static byte[] read(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new TlsFileException(file, "cannot be read", e);
        }
    }
}
