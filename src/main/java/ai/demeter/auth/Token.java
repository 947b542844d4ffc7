package ai.demeter.auth;

import java.time.Instant;
import java.util.Set;

/**
 * What a token that was checked says.
 *
 * @param subject who asks: 1 to 255 characters, none of them a control character
 * @param permissions its scopes, roles and groups
 * @param until when it expires, the tolerance for clocks included
 */
public record Token(String subject, Set<String> permissions, Instant until) {

    /** What a caller may be allowed, as scopes and roles name it. */
    public enum Permission {
        READ("demeter.read"),
        WRITE("demeter.write"),
        METRICS("demeter.metrics");

        private final String scope;

        Permission(String scope) {
            this.scope = scope;
        }

        public String scope() {
            return scope;
        }
    }

    public boolean allows(Permission permission) {
        return permissions.contains(permission.scope);
    }
}
