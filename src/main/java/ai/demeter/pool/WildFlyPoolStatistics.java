package ai.demeter.pool;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * WildFly's pool, asked by its MBean; {@code statistics-enabled} in
 * server-config/wildfly/configure.cli makes it count.
 */
final class WildFlyPoolStatistics implements PoolStatistics {
    private static final String MBEAN =
            "jboss.as:subsystem=datasources,data-source=demeter,statistics=pool";

    @Override
    public int active() {
        return figure("InUseCount");
    }

    @Override
    public int idle() {
        // "Active" is what IronJacamar calls an open one.
        return Math.max(0, figure("ActiveCount") - active());
    }

    private static int figure(String attribute) {
        try {
            return ((Number)
                            ManagementFactory.getPlatformMBeanServer()
                                    .getAttribute(new ObjectName(MBEAN), attribute))
                    .intValue();
        } catch (JMException e) {
            throw new IllegalStateException("WildFly does not tell the figures of its pool", e);
        }
    }
}
