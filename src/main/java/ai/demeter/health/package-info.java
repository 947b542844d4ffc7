/**
 * Whether this instance lives, is ready, and is about to end.
 *
 * <p>Why it exists: orchestrators act upon what is said here, so it has to be true within two
 * seconds whatever the database does (MicroProfile Health 4.0, and {@code docs/guarantees.md}).
 */
package ai.demeter.health;
