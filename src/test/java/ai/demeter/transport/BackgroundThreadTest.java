package ai.demeter.transport;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Until;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.security.ProtectionDomain;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Otherwise the heartbeat would end with the first Error, and hold every WAR that is undeployed.
 */
class BackgroundThreadTest {
    private final AtomicBoolean over = new AtomicBoolean();

    private void rest() {
        while (over.get()) {
            BackgroundThread.pause(60_000); // the test is over
        }
        BackgroundThread.pause(1);
    }

    @Test
    @DisplayName("it outlives any Error")
    void outlivesErrors() throws Exception {
        AtomicInteger turns = new AtomicInteger();
        BackgroundThread.start(
                "test",
                () -> {
                    if (turns.incrementAndGet() == 1) {
                        throw new StackOverflowError("of the test");
                    }
                    rest();
                });
        Until.holds("another turn", () -> turns.get() > 1);
        over.set(true);
    }

    /** As an application would do it, in a class of its own class loader. */
    public static final class Application implements Runnable {
        static final InheritableThreadLocal<Object> INHERITED = new InheritableThreadLocal<>();

        @Override
        public void run() {
            INHERITED.set(new Application());
            Thread.currentThread().setContextClassLoader(getClass().getClassLoader());
            Beat.start();
        }
    }

    /** Of the server's class loader. */
    public static final class Beat {
        private Beat() {}

        static final AtomicInteger TURNS = new AtomicInteger();

        public static void start() {
            BackgroundThread.start(
                    "test-holds-nothing",
                    () -> {
                        TURNS.incrementAndGet();
                        BackgroundThread.pause(10);
                    });
        }
    }

    /** Defines the application's class itself, and takes all others from the server's. */
    private static final class ApplicationLoader extends ClassLoader {
        ApplicationLoader() {
            super(BackgroundThreadTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(Application.class.getName())) {
                return super.loadClass(name, resolve);
            }
            String file = name.replace('.', '/') + ".class";
            try (InputStream in = getParent().getResourceAsStream(file)) {
                byte[] bytes = in.readAllBytes();
                ProtectionDomain domain = new ProtectionDomain(null, null, this, null);
                return defineClass(name, bytes, 0, bytes.length, domain);
            } catch (java.io.IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    // Would break: each redeployment leaks all classes of the application.
    @Test
    @DisplayName("it holds no class loader of the application that started it")
    void holdsNoClassLoader() throws Exception {
        WeakReference<ClassLoader> loader = startFromAnApplication();
        Until.holds("turns", () -> Beat.TURNS.get() > 1);
        Until.holds(
                "collected",
                () -> {
                    System.gc();
                    return loader.get() == null;
                });
    }

    private static WeakReference<ClassLoader> startFromAnApplication() throws Exception {
        ClassLoader loader = new ApplicationLoader();
        Runnable application =
                (Runnable)
                        loader.loadClass(Application.class.getName())
                                .getDeclaredConstructor()
                                .newInstance();
        assertThat(application.getClass().getClassLoader()).isSameAs(loader);
        Thread deploying = new Thread(application);
        deploying.start();
        deploying.join();
        return new WeakReference<>(loader);
    }
}
