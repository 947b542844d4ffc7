package ai.demeter.health;

import ai.demeter.schema.Schema;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Locale;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Readiness: the schema is migrated and the mapping fits it. Touches no database. */
@Readiness
@ApplicationScoped
public class SchemaHealth implements HealthCheck {
    private final Schema schema;

    /** For the client proxy. */
    protected SchemaHealth() {
        this(null);
    }

    @Inject
    SchemaHealth(Schema schema) {
        this.schema = schema;
    }

    @Override
    public HealthCheckResponse call() {
        Schema.State state = schema.state();
        return HealthCheckResponse.named("schema")
                .status(state == Schema.State.CURRENT)
                .withData("state", state.name().toLowerCase(Locale.ROOT))
                .build();
    }
}
