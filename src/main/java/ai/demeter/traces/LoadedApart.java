package ai.demeter.traces;

import ai.demeter.events.Spans;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Enumeration;
import java.util.Set;

/**
 * Loads OpenTelemetry's SDK, and what uses it, from the WAR, whatever the server has of it: Payara
 * shows applications one that is years older, and asks its own loader first. The jars are not in
 * {@code WEB-INF/lib}, where both servers would look through them at each start.
 */
final class LoadedApart extends URLClassLoader {
    private static final String JARS = "/WEB-INF/opentelemetry/";
    private static final String USERS = "ai.demeter.traces.sdk.";

    private LoadedApart(URL[] sources) {
        super("opentelemetry", sources, LoadedApart.class.getClassLoader());
    }

    /** That of a WAR. */
    static LoadedApart of(ServletContext war) throws MalformedURLException {
        Set<String> jars = war.getResourcePaths(JARS);
        URL[] sources = new URL[jars.size() + 1];
        int next = 0;
        for (String jar : jars) {
            sources[next++] = war.getResource(jar);
        }
        sources[next] = war.getResource("/WEB-INF/classes/");
        return new LoadedApart(sources);
    }

    /**
     * What makes spans and sends them.
     *
     * @param collector its URL
     * @throws ReflectiveOperationException if the SDK cannot be loaded, or refuses its settings
     */
    Spans.Source source(String collector) throws ReflectiveOperationException {
        return (Spans.Source)
                loadClass(USERS + "ExportedSpans")
                        .getConstructor(String.class)
                        .newInstance(collector);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(USERS) && !name.startsWith("io.opentelemetry.")) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known == null ? findClass(name) : known;
        }
    }

    /** Nothing of the server's, which names services that are not here. */
    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        return findResources(name);
    }
}
