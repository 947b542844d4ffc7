package ai.demeter.database;

import jakarta.transaction.TransactionManager;
import jakarta.transaction.UserTransaction;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import org.hibernate.engine.transaction.jta.platform.internal.AbstractJtaPlatform;
import org.hibernate.engine.transaction.jta.platform.spi.JtaPlatform;
import org.hibernate.engine.transaction.jta.platform.spi.JtaPlatformProvider;

/**
 * Tells Hibernate where Payara keeps its transaction manager, which it does not find out itself.
 * For Payara only: WildFly gives Hibernate its own platform before this one is asked for.
 * Registered in {@code META-INF/services}.
 */
public class PayaraTransactions implements JtaPlatformProvider {

    private static final String MANAGER = "java:appserver/TransactionManager";

    /** Null elsewhere, which lets Hibernate go on to find WildFly's. */
    @Override
    public JtaPlatform getProvidedJtaPlatform() {
        try {
            InitialContext.doLookup(MANAGER);
            return new Platform();
        } catch (NamingException e) {
            return null;
        }
    }

    private static final class Platform extends AbstractJtaPlatform {
        private static final long serialVersionUID = 1L;

        @Override
        protected TransactionManager locateTransactionManager() {
            return lookup(MANAGER);
        }

        @Override
        protected UserTransaction locateUserTransaction() {
            return lookup("java:comp/UserTransaction");
        }

        private static <T> T lookup(String name) {
            try {
                return InitialContext.doLookup(name);
            } catch (NamingException e) {
                throw new IllegalStateException("no transaction manager at " + name, e);
            }
        }
    }
}
