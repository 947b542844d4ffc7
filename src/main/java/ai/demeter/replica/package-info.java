/**
 * How a read replica is reached and watched, and how far it is.
 *
 * <p>Why it exists: PostgreSQL tells nobody that what it reads from a replica is too old, and a
 * client that waits for one that is away waits in vain. Here it is known at any moment, without
 * asking, so that whoever reads there gets what it may have or is sent to the primary. Loaded by
 * the server with {@link ai.demeter.connection}, whose way of opening sessions it takes.
 */
package ai.demeter.replica;
