package ai.demeter.health;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;

/**
 * Startup: the application is deployed. A bean of its own, because Payara takes only one kind of
 * check from a bean.
 */
@Startup
@ApplicationScoped
public class StartupHealth implements HealthCheck {
    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.up("deployment");
    }
}
