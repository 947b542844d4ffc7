package ai.demeter.http;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.ext.Provider;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * The {@code Allow} header (RFC 9110, section 10.2.1), complete and in one order: Jersey answers
 * HEAD and does not say so, and each implementation has a body of its own for OPTIONS.
 */
@Provider
public class AllowedMethods implements ContainerResponseFilter {

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        Set<String> allowed = response.getAllowedMethods();
        if (!allowed.isEmpty()) {
            response.getHeaders().putSingle(HttpHeaders.ALLOW, complete(allowed));
            if (request.getMethod().equals(HttpMethod.OPTIONS)) {
                response.setEntity(null);
                response.getHeaders().remove(HttpHeaders.CONTENT_TYPE);
            }
        }
    }

    private static String complete(Collection<String> methods) {
        Set<String> all = new TreeSet<>(methods);
        if (all.contains(HttpMethod.GET)) {
            all.add(HttpMethod.HEAD);
        }
        return String.join(", ", all);
    }
}
