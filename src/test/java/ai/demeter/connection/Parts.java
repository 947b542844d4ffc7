package ai.demeter.connection;

import ai.demeter.settings.Settings;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** For the tests: the parts of this package before a database, with limits of a second. */
final class Parts {
    private Parts() {}

    static Settings settings(String url, String... more) {
        Map<String, String> environment = new HashMap<>();
        environment.put("DATABASE_URL", url);
        environment.put("DB_CONNECT_TIMEOUT", "1");
        environment.put("DB_VALIDATION_TIMEOUT", "1");
        for (int i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        return new Settings(environment);
    }

    static CompositionRoot before(ScriptedPostgres server, LongSupplier clock, String... more) {
        return new CompositionRoot(settings(server.url(), more), clock);
    }

    static DemeterDataSource pool(CompositionRoot parts) {
        return new DemeterDataSource(() -> parts);
    }
}
