package ai.demeter.http;

import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.ext.Provider;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Notes which resource method a request has come to, as the template of its path: {@code
 * /api/warehouses/{id}}, never the path itself, of which there is no end.
 */
@Provider
public class Route implements ContainerRequestFilter {
    /** An id in the path of a resource's method; anything else in its place is a path unknown. */
    public static final String ID = "{id: [1-9][0-9]{0,17}}";

    /** Of requests that came to none: refused before, an unknown path or method. */
    static final String UNMATCHED = "unmatched";

    private static final String ATTRIBUTE = Route.class.getName();

    /** A parameter with the regular expression that it may have: {@code {id: [1-9]+}}. */
    private static final Pattern PATTERN =
            Pattern.compile("\\{\\s*([\\w.-]+)\\s*:(?:[^{}]|\\{[^{}]*})*}");

    private static final Map<Method, String> TEMPLATES = new ConcurrentHashMap<>();

    @Context private ResourceInfo resource;

    /** Both servers keep properties of JAX-RS as attributes of the servlet's request. */
    @Override
    public void filter(ContainerRequestContext request) {
        Method method = resource.getResourceMethod();
        // Neither is there for what JAX-RS answers by itself, such as OPTIONS.
        if (method != null && resource.getResourceClass().isAnnotationPresent(Path.class)) {
            String template = TEMPLATES.get(method);
            if (template == null) {
                template = template(resource.getResourceClass(), method);
                TEMPLATES.put(method, template);
            }
            request.setProperty(ATTRIBUTE, template);
        }
    }

    static String of(jakarta.servlet.ServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof String route ? route : UNMATCHED;
    }

    static String template(Class<?> type, Method method) {
        return "/api"
                + segment(type.getAnnotation(Path.class))
                + segment(method.getAnnotation(Path.class));
    }

    private static String segment(Path path) {
        if (path == null) {
            return "";
        }
        return "/" + withoutPatterns(path.value()).replaceAll("^/|/$", "");
    }

    /** A path whose parameters have lost their regular expressions. */
    static String withoutPatterns(String path) {
        return PATTERN.matcher(path).replaceAll("{$1}");
    }
}
