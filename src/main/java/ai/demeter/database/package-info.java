/**
 * How the application uses its database and stays honest about it: units of work, reads, what a
 * failure means, and what Hibernate is told.
 *
 * <p>Why it exists: everything above should be able to write {@code @UnitOfWork} and get a
 * transaction that is retried where that is safe, never acknowledged when it is not stored, and
 * refused with its cause when the database is not there.
 */
package ai.demeter.database;
