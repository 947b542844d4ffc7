package ai.demeter.pool;

import java.lang.reflect.Method;

/**
 * Payara's pool, asked by an interface of its own that is not published: {@code PoolManager} in
 * {@code connectors-runtime}. Its monitoring would have to be switched on, and costs more.
 */
final class PayaraPoolStatistics implements PoolStatistics {
    private static final String RUNTIME = "com.sun.enterprise.connectors.ConnectorRuntime";
    private static final String POOL_INFO = "org.glassfish.resourcebase.resources.api.PoolInfo";

    /** Of the pool in server-config/payara-micro/pool.asadmin. */
    private static final String POOL = "demeter";

    static boolean isAvailable() {
        try {
            type(RUNTIME);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    @Override
    public int active() {
        return figure("getNumConnUsed");
    }

    @Override
    public int idle() {
        return figure("getNumConnFree");
    }

    private static int figure(String getter) {
        try {
            Object runtime = type(RUNTIME).getMethod("getRuntime").invoke(null);
            Object manager = call(runtime, "getPoolManager");
            Object info = type(POOL_INFO).getConstructor(String.class).newInstance(POOL);
            Method find = manager.getClass().getMethod("getPool", info.getClass());
            Object pool = find.invoke(manager, info);
            return pool == null // until it is first used
                    ? 0
                    : (int) call(call(pool, "getPoolStatus"), getter);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Payara does not tell the figures of its pool", e);
        }
    }

    private static Object call(Object target, String method) throws ReflectiveOperationException {
        return target.getClass().getMethod(method).invoke(target);
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
        return Class.forName(name, true, PayaraPoolStatistics.class.getClassLoader());
    }
}
