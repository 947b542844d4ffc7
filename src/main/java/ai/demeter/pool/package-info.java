/**
 * Who may have a connection of the container's pool, how the pool is kept full, and its figures on
 * each server.
 *
 * <p>Why it exists: the containers own the pool, but neither bounds who waits for it, tells a
 * waiter that the database is lost, opens connections ahead of demand, or tells its figures in the
 * same way. This room does, without touching what the pools themselves decide.
 */
package ai.demeter.pool;
