package ai.demeter.database;

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
 * <p>A deadlock or serialization failure (PostgreSQL 18 documentation, section 13.5) is answered by
 * running the whole call again, up to three times in all, unless the call is itself part of a
 * transaction. The method must therefore have no effect outside the database.
 *
 * <p>Methods that only read, with a single statement, need none: they cost one round trip without
 * it, and three with it.
 */
@Inherited
@InterceptorBinding
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface UnitOfWork {}
