package ai.demeter.database;

import jakarta.enterprise.util.Nonbinding;
import jakarta.interceptor.InterceptorBinding;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method, or all methods of a bean, each of whose calls is one transaction: committed
 * before the call returns, rolled back if it throws anything, checked exceptions included.
 *
 * <p>After a deadlock, a serialization failure (PostgreSQL 18 documentation, section 13.5) or a
 * connection that broke before the commit, the whole call is run again, up to three times in all,
 * unless it is itself part of a transaction. The method must therefore make its entities itself and
 * have no effect outside the database.
 */
@Inherited
@InterceptorBinding
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface UnitOfWork {
    /**
     * Seconds that the transaction may take, and may wait for more of what it is to store; 0 for
     * {@code DB_TRANSACTION_TIMEOUT} and {@code DB_IDLE_IN_TRANSACTION_TIMEOUT}. Each of its
     * statements has {@code DB_STATEMENT_TIMEOUT} all the same.
     */
    @Nonbinding
    int limit() default 0;

    /** Whether it may be run again; not if it reads what is there once, such as a body. */
    @Nonbinding
    boolean repeatable() default true;
}
