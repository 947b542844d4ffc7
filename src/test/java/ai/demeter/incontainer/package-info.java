/**
 * What the tests inside the servers deploy and use: the WAR that was built, a component that does
 * what they say, and the database as others see it.
 *
 * <p>Why it exists: these tests run in the server's own process, where the helpers of {@code run}
 * are not at hand.
 */
package ai.demeter.incontainer;
