package ai.demeter.http;

import ai.demeter.auth.Token.Permission;
import ai.demeter.settings.Settings;
import java.util.List;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;

/**
 * Which token an operation needs, in the API's description: the scheme always, that it is needed
 * where {@code AUTH_ISSUER} asks for tokens.
 */
final class SecurityDescription {
    private static final String SCHEME = "token";

    private SecurityDescription() {}

    static void add(OpenAPI description) {
        description
                .getComponents()
                .addSecurityScheme(
                        SCHEME,
                        OASFactory.createSecurityScheme()
                                .type(SecurityScheme.Type.HTTP)
                                .scheme("bearer")
                                .bearerFormat("JWT")
                                .description(
                                        "An access token (RFC 9068) with the scope or role "
                                                + Permission.READ.scope()
                                                + " to read and "
                                                + Permission.WRITE.scope()
                                                + " to write; asked for where AUTH_ISSUER is set"));
        if (Settings.current().tokenIssuer().isPresent()) {
            description
                    .getPaths()
                    .getPathItems()
                    .values()
                    .forEach(
                            path ->
                                    path.getOperations()
                                            .values()
                                            .forEach(SecurityDescription::require));
        }
    }

    private static void require(Operation operation) {
        operation.setSecurity(List.of(OASFactory.createSecurityRequirement().addScheme(SCHEME)));
        Description.add(operation, Problem.Kind.UNAUTHORIZED);
        Description.add(operation, Problem.Kind.FORBIDDEN);
    }
}
