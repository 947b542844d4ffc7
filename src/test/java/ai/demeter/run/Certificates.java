package ai.demeter.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A certificate authority for tests, and what it has certified; made by the JDK's keytool. */
public final class Certificates {
    private static final String PASSWORD = "changeit";

    private final Path directory;
    private final Path store;

    /** Makes an authority, with files in this directory. */
    public Certificates(Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        store = directory.resolve("authority.p12");
        keytool(
                store,
                "-genkeypair",
                "-dname",
                "CN=Demeter tests",
                "-ext",
                "bc:c",
                "-validity",
                "2");
        Files.writeString(authority(), keytool(store, "-exportcert", "-rfc"));
    }

    /** The authority's own certificate, PEM. */
    public Path authority() {
        return directory.resolve("authority.crt");
    }

    /**
     * What was certified: certificate and key.
     *
     * @param certificate PEM
     * @param key PEM, PKCS-8, not encrypted
     * @param store PKCS-12 with both, its password {@code changeit}
     */
    public record Issued(Path certificate, Path key, Path store) {}

    /** Certifies a name for a day: of a host, or of a user of the database. */
    public Issued issue(String name) throws Exception {
        return issue(name, "-1H", "1");
    }

    /** Certifies a name for a day that is over. */
    public Issued issueExpired(String name) throws Exception {
        return issue(name, "-3d", "1");
    }

    private Issued issue(String name, String from, String days) throws Exception {
        Path own = Files.createTempFile(directory, name, ".p12");
        Files.delete(own);
        keytool(own, "-genkeypair", "-dname", "CN=" + name, "-validity", "2");
        Path request = Path.of(own + ".csr");
        Files.writeString(request, keytool(own, "-certreq"));
        Path certificate = Path.of(own + ".crt");
        Files.writeString(
                certificate,
                keytool(
                        store,
                        "-gencert",
                        "-rfc",
                        "-infile",
                        request.toString(),
                        "-ext",
                        "san=dns:" + name,
                        "-startdate",
                        from,
                        "-validity",
                        days));
        Path chain = Path.of(own + ".chain");
        Files.writeString(chain, Files.readString(certificate) + Files.readString(authority()));
        keytool(own, "-importcert", "-noprompt", "-file", chain.toString());
        Path key = Path.of(own + ".key");
        Files.writeString(key, key(own));
        return new Issued(certificate, key, own);
    }

    private static String key(Path store) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        Key key = keys.getKey("self", PASSWORD.toCharArray());
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }

    private static String keytool(Path store, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.add("-J-XX:TieredStopAtLevel=1");
        command.addAll(List.of(arguments));
        command.addAll(List.of("-alias", "self", "-storetype", "PKCS12"));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
        if (arguments[0].equals("-genkeypair")) {
            command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
        }
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output);
        }
        return output;
    }
}
