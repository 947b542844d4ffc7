/**
 * What happened to the pool and the database, remembered: the last events and the slow statements,
 * for whoever looks at the service while or after something went wrong.
 *
 * <p>Why it exists: what happens, happens in rooms that do not know each other, some of them
 * outside the WAR; the page that shows it is above them all. Here is where they meet: everyone may
 * record, and nobody here knows who does. The package is part of {@code demeter-connection.jar},
 * which the server loads, so it depends on the JDK alone.
 */
package ai.demeter.events;
