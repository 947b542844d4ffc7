package ai.demeter.http;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/**
 * What WildFly keeps of a wait for a client that was interrupted. Its {@code
 * org.xnio.nio.SelectorUtils.await} (XNIO 3.8.16) leaves the socket registered with a selector of
 * the thread's own then, and a socket that is registered is not closed but half: its client, if it
 * still sends, waits for nothing, and the socket stays until that thread waits for another client.
 */
final class InterruptedWait {
    private InterruptedWait() {}

    /** Undoes what is left on this thread, which waits for nobody now. Nothing on Payara. */
    static void forget() {
        try {
            Class<?> xnio = Class.forName("org.xnio.Xnio");
            Object provider = xnio.getMethod("getInstance").invoke(null);
            Method own = provider.getClass().getDeclaredMethod("getSelector");
            own.setAccessible(true);
            Selector selector = (Selector) own.invoke(provider);
            selector.keys().forEach(SelectionKey::cancel);
            selector.selectNow();
        } catch (ClassNotFoundException e) {
            // Another server, which does not wait in this way.
        } catch (ReflectiveOperationException | IOException e) {
            throw new IllegalStateException("WildFly does not let go of a client", e);
        }
    }
}
