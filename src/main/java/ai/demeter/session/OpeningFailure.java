package ai.demeter.session;

import ai.demeter.transport.TlsFileException;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.postgresql.util.PSQLException;

/** What it means that a connection cannot be opened, and what is to be done about it. */
public final class OpeningFailure {
    private static final Pattern HOST_NOT_VERIFIED =
            Pattern.compile("The hostname (\\S+) could not be verified");
    private static final Pattern ALERT = Pattern.compile("Received fatal alert: (\\w+)");
    private static final int MOST_CAUSES = 20;
    private static final String TLS = "sun.security.ssl.";
    private static final String DRIVER = "org.postgresql.core.";
    private static final String LOGIN = "doAuthentication";

    /** pgjdbc's for a password that is missing, and for a server without TLS. */
    private static final String REFUSED = "08004";

    /**
     * PgBouncer's for everything. Of these it has said no itself; of the rest, such as a login that
     * "has been failing", the database behind it is away.
     */
    private static final String PROTOCOL_VIOLATION = "08P01";

    private static final Pattern REFUSED_BY_POOLER =
            Pattern.compile(
                    "max_client_conn|unsupported startup parameter|no such (database|user)"
                            + "|(auth|authentication) failed|login rejected");

    private OpeningFailure() {}

    /**
     * Whether a failure means that the database cannot be reached or used by anyone, not that it
     * refuses this user: connection exceptions (class 08, without 08004, a refusal), shutting down,
     * crashed or starting up (57P01 to 57P03 of PostgreSQL's appendix A), and network failures. Nor
     * is it that where a pooler refuses.
     */
    public static boolean isConnectivity(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException) {
                return true;
            }
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                String state = sql.getSQLState();
                if (isRefusal(sql)) {
                    return false;
                }
                if (state.startsWith("08") || state.startsWith("57P0")) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isRefusal(SQLException failure) {
        return failure.getSQLState().equals(REFUSED)
                || failure.getSQLState().equals(PROTOCOL_VIOLATION)
                        && REFUSED_BY_POOLER.matcher(String.valueOf(failure.getMessage())).find();
    }

    /** One line for the log: what happened, and where the cause is known, what to do. */
    public static String describe(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MOST_CAUSES; depth++) {
            String known = known(cause);
            if (known != null) {
                return known;
            }
            cause = cause.getCause();
        }
        String message =
                String.valueOf(failure.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
        return failure instanceof SQLException sql && sql.getSQLState() != null
                ? message + " (" + sql.getSQLState() + ")"
                : message;
    }

    private static String known(Throwable cause) {
        if (cause instanceof UnknownHostException) {
            return "the name of the host does not resolve: "
                    + cause.getMessage()
                    + "; correct DATABASE_URL or the name service";
        }
        if (cause instanceof TlsFileException) {
            return cause.getMessage()
                    + "; mend the file of DATABASE_CA_FILE, DATABASE_CERT_FILE or"
                    + " DATABASE_KEY_FILE, which is read again for each connection";
        }
        if (cause instanceof CertificateExpiredException) {
            return "the database's certificate, or that of its authority, has expired ("
                    + cause.getMessage()
                    + "); renew it at the database";
        }
        if (cause instanceof CertificateNotYetValidException) {
            return "the database's certificate is not valid yet ("
                    + cause.getMessage()
                    + "); compare the clocks of the two machines";
        }
        if (cause instanceof CertPathBuilderException
                || cause instanceof CertPathValidatorException && cause.getCause() == null) {
            return "the database's certificate is of an authority that is not trusted; put the"
                    + " authority's certificate into the file of DATABASE_CA_FILE";
        }
        if (isBrokenUnderTls(cause)) {
            // Of its alert and the end of the connection the latter may arrive first.
            return "the database broke off the handshake, as it does with a certificate that it"
                    + " refuses; look at DATABASE_CERT_FILE, DATABASE_KEY_FILE and the database's"
                    + " ssl_ca_file and log";
        }
        if (cause instanceof EOFException && isOf(cause, DRIVER, LOGIN)) {
            return "the database closed the connection during the login, and says why in its own"
                    + " log; if that is a certificate that it refuses, look at DATABASE_CERT_FILE,"
                    + " DATABASE_KEY_FILE and the database's ssl_ca_file";
        }
        if (cause instanceof SSLException && cause.getMessage() != null) {
            Matcher alert = ALERT.matcher(cause.getMessage());
            if (alert.find()) {
                return "the database refuses our certificate ("
                        + alert.group(1)
                        + "); look at DATABASE_CERT_FILE, DATABASE_KEY_FILE and the database's"
                        + " ssl_ca_file";
            }
        }
        return cause instanceof PSQLException ? knownToTheDriver(cause) : null;
    }

    private static boolean isBrokenUnderTls(Throwable cause) {
        return cause instanceof SSLException
                        && String.valueOf(cause.getMessage()).contains("readHandshakeRecord")
                || cause instanceof IOException // a SocketException, or that of a channel
                        && !(cause instanceof SSLException)
                        && isOf(cause, TLS, "");
    }

    /** Whether it came from there. */
    private static boolean isOf(Throwable cause, String classes, String method) {
        return Arrays.stream(cause.getStackTrace())
                .anyMatch(
                        frame ->
                                frame.getClassName().startsWith(classes)
                                        && frame.getMethodName().startsWith(method));
    }

    /** The driver tells these by its message alone. */
    private static String knownToTheDriver(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        Matcher host = HOST_NOT_VERIFIED.matcher(message);
        if (host.find()) {
            return "the database's certificate is for another host than "
                    + host.group(1)
                    + "; name the host in DATABASE_URL as the certificate does, or have one issued"
                    + " for it";
        }
        if (message.startsWith("Could not find a server with specified targetServerType")) {
            return "is a standby";
        }
        if (message.contains("max_client_conn")) {
            return "the pooler has as many clients as its max_client_conn allows; raise that, or"
                    + " lower DB_POOL_SIZE and DB_MAX_OVERFLOW of its clients";
        }
        if (message.startsWith("The server does not support SSL")) {
            return "the database offers no TLS; switch it on there (ssl = on), or, on a network"
                    + " that nobody else is in, say sslmode=disable in DATABASE_URL";
        }
        if (message.contains("requires a valid client certificate")
                || message.contains("certificate authentication failed")) {
            return message.strip()
                    + "; the database wants a certificate for this user: DATABASE_CERT_FILE and"
                    + " DATABASE_KEY_FILE";
        }
        return null;
    }
}
