package ai.demeter.database;

import jakarta.enterprise.util.Nonbinding;
import jakarta.interceptor.InterceptorBinding;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method, or all methods of a bean, each of whose calls reads with a single statement: it
 * costs one round trip without a transaction and three with one. Joins a transaction that is under
 * way.
 *
 * <p>After a connection that broke, the call is run again, up to three times in all.
 */
@Inherited
@InterceptorBinding
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface Read {
    /**
     * How old what it reads may be, in seconds: then the read replica may be asked, where there is
     * one ({@code DATABASE_URL_READ}), outside a transaction. An argument of type {@link Freshness}
     * says for each call how much of that it may be. 0: the primary is asked.
     */
    @Nonbinding
    int stale() default 0;
}
