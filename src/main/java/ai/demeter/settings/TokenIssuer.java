package ai.demeter.settings;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Whose tokens are accepted, from {@code AUTH_ISSUER}, {@code AUTH_AUDIENCE} and {@code AUTH_JWKS}.
 *
 * @param issuer a URL, as tokens have it in {@code iss}
 * @param audience this service, as tokens have it in {@code aud}
 * @param jwks the URL of its keys; null if the issuer itself tells, or they are in a file
 * @param file the file of its keys; null if they are elsewhere
 */
public record TokenIssuer(String issuer, String audience, String jwks, Path file) {

    /**
     * Empty without {@code AUTH_ISSUER}.
     *
     * @throws InvalidVariable if one cannot be used, or is set without those that it needs
     */
    static Optional<TokenIssuer> of(Map<String, String> environment) {
        if (!Variable.AUTH_ISSUER.isSet(environment)) {
            for (Variable other : new Variable[] {Variable.AUTH_AUDIENCE, Variable.AUTH_JWKS}) {
                if (other.isSet(environment)) {
                    throw new InvalidVariable(
                            other, "is set without AUTH_ISSUER; set both or none");
                }
            }
            if (Variable.METRICS_AUTH.flag(environment)) {
                throw new InvalidVariable(
                        Variable.METRICS_AUTH,
                        "is true without AUTH_ISSUER, whose tokens it asks for");
            }
            return Optional.empty();
        }
        String issuer = Variable.AUTH_ISSUER.value(environment);
        if (!isHttp(issuer) || issuer.contains("?") || issuer.contains("#")) {
            throw new InvalidVariable(
                    Variable.AUTH_ISSUER,
                    issuer,
                    "takes the URL of an issuer, exactly as its tokens have it in iss");
        }
        if (!Variable.AUTH_AUDIENCE.isSet(environment)) {
            // RFC 9068, section 4: else tokens for other services of the issuer would do.
            throw new InvalidVariable(
                    Variable.AUTH_AUDIENCE,
                    "is not set; with AUTH_ISSUER it takes what tokens for this service have in aud");
        }
        String audience = Variable.AUTH_AUDIENCE.value(environment);
        String jwks = Variable.AUTH_JWKS.value(environment);
        if (jwks.isEmpty()) {
            return Optional.of(new TokenIssuer(issuer, audience, null, null));
        }
        return Optional.of(
                isHttp(jwks)
                        ? new TokenIssuer(issuer, audience, jwks, null)
                        : new TokenIssuer(issuer, audience, null, file(jwks)));
    }

    /** Whether whoever is on the way to the keys could replace them. */
    boolean isExposed() {
        if (file != null) {
            return false;
        }
        URI uri = URI.create(jwks == null ? issuer : jwks);
        return uri.getScheme().equalsIgnoreCase("http")
                && !uri.getHost().matches("localhost|127\\..*|\\[::1]");
    }

    private static boolean isHttp(String text) {
        try {
            URI uri = URI.create(text);
            return uri.getHost() != null
                    && uri.getScheme() != null
                    && uri.getScheme().toLowerCase(java.util.Locale.ROOT).matches("https?");
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Path file(String name) {
        try {
            Path file = name.startsWith("file:") ? Path.of(URI.create(name)) : Path.of(name);
            if (Files.isReadable(file) && !Files.isDirectory(file)) {
                return file;
            }
        } catch (IllegalArgumentException e) { // InvalidPathException is one
            throw invalid(name);
        }
        throw invalid(name);
    }

    private static InvalidVariable invalid(String name) {
        return new InvalidVariable(
                Variable.AUTH_JWKS,
                name,
                "takes the URL of the issuer's keys, or a file of them that can be read");
    }
}
