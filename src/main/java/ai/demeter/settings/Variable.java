package ai.demeter.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Set;

/**
 * The environment variables, in the order of the README's table and of {@code .env.example}: names,
 * defaults and ranges have their one place here.
 */
public enum Variable {
    DATABASE_URL("jdbc:postgresql://localhost:5432/demeterai"),
    DATABASE_USER("demeter"),
    DATABASE_PASSWORD(""),
    DATABASE_PASSWORD_FILE(""),
    DATABASE_URL_SYNC(""),
    DB_POOL_SIZE("20", 1, 1000),
    DB_MAX_OVERFLOW("10", 0, 1000),
    /** Seconds. */
    DB_POOL_TIMEOUT("30", 1, 3600),
    /** Seconds. */
    DB_POOL_RECYCLE("3600", 1, 604_800),
    DB_POOL_PRE_PING("true", "true", "false"),
    /** Seconds. */
    DB_CONNECT_TIMEOUT("3", 1, 300),
    /** Seconds. */
    DB_VALIDATION_TIMEOUT("2", 1, 300),
    /** Seconds. */
    DB_STATEMENT_TIMEOUT("15", 1, 86_400),
    /** Seconds. */
    DB_LOCK_TIMEOUT("5", 1, 86_400),
    /** Seconds. */
    DB_IDLE_IN_TRANSACTION_TIMEOUT("60", 1, 86_400),
    /** Seconds. */
    DB_TRANSACTION_TIMEOUT("20", 1, 86_400),
    /** Seconds. */
    DB_SOCKET_TIMEOUT("25", 1, 86_400),
    DB_ECHO_SQL("false", "true", "false"),
    HTTP_PORT("8080", 1, 65_535),
    /** Seconds. */
    SHUTDOWN_GRACE("10", 0, 3600),
    /** Seconds. */
    SHUTDOWN_DELAY("0", 0, 3600),
    DB_POOL_QUEUE("200", 0, 10_000),
    /** Seconds. */
    HTTP_BODY_TIMEOUT("20", 1, 3600),
    /** Hours. */
    IDEMPOTENCY_HOURS("24", 1, 8_760),
    DATABASE_URL_READ(""),
    DB_READ_POOL_SIZE("10", 1, 1000),
    DB_READ_MAX_OVERFLOW("5", 0, 1000),
    DATABASE_CA_FILE(""),
    DATABASE_CERT_FILE(""),
    DATABASE_KEY_FILE(""),
    AUTH_ISSUER(""),
    AUTH_AUDIENCE(""),
    AUTH_JWKS(""),
    CORS_ORIGINS(""),
    METRICS_AUTH("false", "true", "false"),
    STATUS_PAGE("true", "true", "false"),
    /** Milliseconds; 0 is never. */
    DB_SLOW_STATEMENT("1000", 0, 3_600_000),
    LOG_FORMAT("text", "text", "json"),
    OTEL_EXPORTER_OTLP_ENDPOINT("", Kind.URL, 0, 0);

    private enum Kind {
        TEXT,
        URL,
        WHOLE_NUMBER,
        CHOICE
    }

    private static final Set<String> HTTP = Set.of("http", "https");

    private final String defaultValue;
    private final Kind kind;
    private final int least;
    private final int most;
    private final String[] choices;

    Variable(String defaultValue) {
        this(defaultValue, Kind.TEXT, 0, 0);
    }

    Variable(String defaultValue, int least, int most) {
        this(defaultValue, Kind.WHOLE_NUMBER, least, most);
    }

    Variable(String defaultValue, String... choices) {
        this(defaultValue, Kind.CHOICE, 0, 0, choices);
    }

    Variable(String defaultValue, Kind kind, int least, int most, String... choices) {
        this.defaultValue = defaultValue;
        this.kind = kind;
        this.least = least;
        this.most = most;
        this.choices = choices;
    }

    /** The value that holds when the variable is unset or empty; empty where there is none. */
    public String defaultValue() {
        return defaultValue;
    }

    /** Whether its value may be printed: numbers and choices; URLs and passwords hold secrets. */
    boolean isPublic() {
        return kind != Kind.TEXT && kind != Kind.URL;
    }

    boolean isSet(Map<String, String> environment) {
        return !environment.getOrDefault(name(), "").isEmpty();
    }

    /**
     * The checked value.
     *
     * @throws InvalidVariable if it is set to something it does not take
     */
    String value(Map<String, String> environment) {
        String given = environment.get(name());
        if (given == null || given.isEmpty()) {
            return defaultValue;
        }
        return switch (kind) {
            case TEXT -> given;
            case URL -> url(given.strip());
            case WHOLE_NUMBER -> wholeNumber(given.strip());
            case CHOICE -> choice(given.strip());
        };
    }

    int number(Map<String, String> environment) {
        return Integer.parseInt(value(environment));
    }

    boolean flag(Map<String, String> environment) {
        return Boolean.parseBoolean(value(environment));
    }

    private String wholeNumber(String given) {
        if (given.matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(given);
            if (number >= least && number <= most) {
                return Integer.toString(number);
            }
        }
        throw new InvalidVariable(
                this, given, "takes a whole number from " + least + " to " + most);
    }

    /** With a password in it, it would end up in logs. */
    private String url(String given) {
        if (given.contains("@")) {
            throw new InvalidVariable(this, "takes a URL without user and password");
        }
        try {
            URI url = new URI(given);
            if (url.getHost() != null && HTTP.contains(url.getScheme())) {
                return given;
            }
        } catch (URISyntaxException e) {
            throw notAUrl(given);
        }
        throw notAUrl(given);
    }

    private InvalidVariable notAUrl(String given) {
        return new InvalidVariable(this, given, "takes a URL such as http://localhost:4318");
    }

    private String choice(String given) {
        for (String choice : choices) {
            if (choice.equalsIgnoreCase(given)) {
                return choice;
            }
        }
        throw new InvalidVariable(this, given, "takes " + String.join(" or ", choices));
    }
}
