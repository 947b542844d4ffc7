/**
 * Starts what a test or a person at a keyboard needs: an embedded PostgreSQL and a server with the
 * WAR, the server by the very script under {@code server-config/} that production uses.
 *
 * <p>Why it exists: {@code mvn -Prun} and the tests should try the same thing, so they start it by
 * the same code.
 */
package ai.demeter.run;
