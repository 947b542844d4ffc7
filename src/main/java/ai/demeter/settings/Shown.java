package ai.demeter.settings;

import java.util.Arrays;
import java.util.List;

/**
 * A variable as it may be shown: URLs without credentials, no password.
 *
 * @param value what holds; for a secret, whether there is one
 * @param changed whether that is another value than the default
 */
public record Shown(Variable variable, String value, boolean changed) {

    /** All variables of these settings. */
    static List<Shown> of(Settings settings) {
        return Arrays.stream(Variable.values())
                .map(
                        variable ->
                                new Shown(
                                        variable,
                                        value(variable, settings),
                                        // Not whether it is set: the start scripts export the
                                        // defaults of all that are public.
                                        !settings.text(variable).equals(variable.defaultValue())))
                .toList();
    }

    private static String value(Variable variable, Settings settings) {
        String text = settings.text(variable);
        return switch (variable) {
            case DATABASE_URL -> settings.poolUrl().toString();
            case DATABASE_URL_SYNC -> settings.migrationUrl().toString();
            case DATABASE_URL_READ -> settings.replica().map(it -> it.url().toString()).orElse("");
            case DATABASE_USER -> settings.credentials(settings.poolUrl()).getProperty("user");
            case AUTH_ISSUER, AUTH_AUDIENCE, CORS_ORIGINS, OTEL_EXPORTER_OTLP_ENDPOINT -> text;
            default -> variable.isPublic() || text.isEmpty() ? text : "(set)";
        };
    }
}
