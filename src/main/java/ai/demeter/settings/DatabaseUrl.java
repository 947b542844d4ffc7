package ai.demeter.settings;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.postgresql.Driver;

/**
 * Where the database is, and the credentials that its URL carries, if any.
 *
 * @param jdbc the URL for pgjdbc, without credentials
 * @param user null if the URL names none
 * @param password null if the URL carries none
 */
public record DatabaseUrl(String jdbc, String user, String password) {

    private static final String JDBC = "jdbc:postgresql:";
    private static final String TAKES =
            "takes jdbc:postgresql://host:port/database or postgresql://user:password@host:port/database";

    /** Parameters of the URL that would silently undo a variable or this package's own settings. */
    private static final Set<String> RESERVED =
            Set.of(
                    "connecttimeout",
                    "logintimeout",
                    "sockettimeout",
                    "options",
                    "applicationname",
                    "socketfactory",
                    "socketfactoryarg",
                    "sslfactory",
                    "sslfactoryarg");

    /** What a URL in the form of libpq may carry and pgjdbc knows by the same name and values. */
    private static final Set<String> SHARED_WITH_LIBPQ =
            Set.of("sslmode", "sslrootcert", "sslcert", "sslkey");

    /**
     * Understands {@code jdbc:postgresql:…} and the forms of libpq and SQLAlchemy ({@code
     * postgresql://}, {@code postgres://}, {@code postgresql+driver://}).
     *
     * @throws InvalidVariable for any other form, or one that would be only half understood
     */
    static DatabaseUrl parse(Variable variable, String text) {
        String url = text.strip();
        if (url.startsWith(JDBC)) {
            return fromJdbc(variable, url);
        }
        if (url.matches("(?i)postgres(ql)?(\\+[a-z0-9_]+)?://.*")) {
            return fromLibpq(variable, url);
        }
        String scheme =
                url.matches("(?i)[a-z][a-z0-9+.:-]*://.*")
                        ? url.substring(0, url.indexOf("://") + 3)
                        : "";
        throw new InvalidVariable(
                variable,
                (scheme.isEmpty() ? "is not a URL; " : "does not understand " + scheme + "; ")
                        + TAKES);
    }

    /** The host or hosts and the database, as a log may show them. */
    public String display() {
        int query = jdbc.indexOf('?');
        return query < 0 ? jdbc : jdbc.substring(0, query);
    }

    /** How many hosts the URL names. */
    public int hosts() {
        return hostAndPort().split(",").length;
    }

    /** The same for each of its hosts alone. */
    public List<DatabaseUrl> eachHost() {
        String start = JDBC + "//";
        String hosts = hostAndPort();
        if (!jdbc.startsWith(start) || !hosts.contains(",")) {
            return List.of(this);
        }
        String rest = jdbc.substring(start.length() + hosts.length());
        return Stream.of(hosts.split(","))
                .map(host -> new DatabaseUrl(start + host + rest, user, password))
                .toList();
    }

    /** The host and its port as the URL has them, of several all. */
    public String hostAndPort() {
        String place = display().substring(JDBC.length());
        return place.startsWith("//") ? place.substring(2).replaceFirst("/.*", "") : "localhost";
    }

    /** Where its first host listens, looked up now; not to be found if there is no such name. */
    public InetSocketAddress address() {
        Properties parsed = Driver.parseURL(jdbc, null);
        return new InetSocketAddress(
                parsed.getProperty("PGHOST", "localhost").split(",")[0],
                Integer.parseInt(parsed.getProperty("PGPORT", "5432").split(",")[0]));
    }

    /** The value of a parameter of the URL, as it stands there; empty if it has none. */
    public Optional<String> parameter(String name) {
        int query = jdbc.indexOf('?');
        return Stream.of(jdbc.substring(query + 1).split("&"))
                .filter(parameter -> query >= 0 && parameter.startsWith(name + "="))
                .map(parameter -> parameter.substring(name.length() + 1))
                .reduce((first, last) -> last);
    }

    /** Whether all hosts are this machine, by their names: what goes there is on no network. */
    public boolean isLoopback() {
        return Stream.of(Driver.parseURL(jdbc, null).getProperty("PGHOST", "localhost").split(","))
                .allMatch(host -> host.matches("(?i)localhost|127\\.[0-9.]+|\\[?::1]?"));
    }

    /**
     * How the connection is encrypted: as the URL says by {@code sslmode}; without that {@code
     * verify-full}, or {@code prefer} on this machine unless it says {@code ssl=true}.
     */
    public String sslMode() {
        boolean wanted = parameter("ssl").filter(value -> !value.equals("false")).isPresent();
        return parameter("sslmode").orElse(isLoopback() && !wanted ? "prefer" : "verify-full");
    }

    private static DatabaseUrl fromJdbc(Variable variable, String url) {
        int query = url.indexOf('?');
        String place = query < 0 ? url : url.substring(0, query);
        if (place.contains("@")) {
            throw new InvalidVariable(
                    variable,
                    "user and password stand before @; a jdbc: URL takes them in the variables instead");
        }
        String user = null;
        String password = null;
        List<String> kept = new ArrayList<>();
        for (String parameter : query < 0 ? new String[0] : url.substring(query + 1).split("&")) {
            String name =
                    parameter.contains("=")
                            ? parameter.substring(0, parameter.indexOf('='))
                            : parameter;
            String value = parameter.substring(Math.min(parameter.length(), name.length() + 1));
            switch (name) {
                case "" -> {}
                case "user" -> user = decode(variable, value);
                case "password" -> password = decode(variable, value);
                default -> kept.add(parameter);
            }
            if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
                throw new InvalidVariable(
                        variable, "the parameter " + name + " is set by Demeter's own variables");
            }
        }
        String bare = kept.isEmpty() ? place : place + "?" + String.join("&", kept);
        Properties parsed = Driver.parseURL(bare, null);
        if (parsed == null || parsed.getProperty("PGDBNAME", "").isEmpty()) {
            throw new InvalidVariable(variable, "is not understood by the driver; " + TAKES);
        }
        return new DatabaseUrl(bare, user, password);
    }

    private static DatabaseUrl fromLibpq(Variable variable, String url) {
        String rest = url.substring(url.indexOf("://") + 3);
        // Not an @ of the query, such as that of a file's name.
        String place = rest.contains("?") ? rest.substring(0, rest.indexOf('?')) : rest;
        int at =
                place.lastIndexOf(
                        '@', place.contains("/") ? place.lastIndexOf('/') : place.length());
        String credentials = at < 0 ? "" : rest.substring(0, at);
        URI uri;
        try {
            // The authority of several hosts is no server authority: URI takes it as a registry
            // name.
            uri = new URI("postgresql://" + rest.substring(at + 1));
        } catch (URISyntaxException e) {
            throw new InvalidVariable(
                    variable,
                    "has a character that must be percent-encoded in user, password or host; "
                            + TAKES);
        }
        String hosts = uri.getRawAuthority();
        String database = uri.getRawPath();
        if (hosts == null
                || database == null
                || database.length() < 2
                || uri.getFragment() != null) {
            throw new InvalidVariable(variable, "names no host or no database; " + TAKES);
        }
        StringBuilder jdbc = new StringBuilder("jdbc:postgresql://").append(hosts).append(database);
        char separator = '?';
        for (String parameter :
                uri.getRawQuery() == null ? new String[0] : uri.getRawQuery().split("&")) {
            String name =
                    parameter.contains("=")
                            ? parameter.substring(0, parameter.indexOf('='))
                            : parameter;
            String value = parameter.substring(Math.min(parameter.length(), name.length() + 1));
            String known = name.equals("ssl") ? "sslmode" : name; // asyncpg's name for it
            if (!SHARED_WITH_LIBPQ.contains(known)) {
                throw new InvalidVariable(
                        variable,
                        uri.getRawQuery().contains("@") // it may be the end of a password
                                ? "has a ? or @ that must be percent-encoded; " + TAKES
                                : "the parameter "
                                        + name
                                        + " is not understood in this form; use a jdbc: URL");
            }
            jdbc.append(separator).append(known).append('=').append(value);
            separator = '&';
        }
        int colon = credentials.indexOf(':');
        String user = colon < 0 ? credentials : credentials.substring(0, colon);
        DatabaseUrl checked = fromJdbc(variable, jdbc.toString());
        return new DatabaseUrl(
                checked.jdbc,
                user.isEmpty() ? null : decodeLibpq(variable, user),
                colon < 0 ? null : decodeLibpq(variable, credentials.substring(colon + 1)));
    }

    /** In libpq's form a plus is a plus; in pgjdbc's it is a space. */
    private static String decodeLibpq(Variable variable, String value) {
        return decode(variable, value.replace("+", "%2B"));
    }

    private static String decode(Variable variable, String value) {
        try {
            return URLDecoder.decode(value, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new InvalidVariable(
                    variable, "has a % that is not followed by two hexadecimal digits");
        }
    }

    /** A record's own text would show the password. */
    @Override
    public String toString() {
        return display()
                + (user == null ? "" : " as " + URLEncoder.encode(user, StandardCharsets.UTF_8));
    }
}
