/**
 * The variables of the environment: names, defaults and ranges, checked once, for the start scripts
 * as well as for the service.
 *
 * <p>Why it exists: a value that cannot be used stops the start with one line that names the
 * variable, what it got and what it takes ({@code docs/guarantees.md}); and there is one place
 * where each fact about a variable stands. The package is part of {@code demeter-connection.jar},
 * which the server loads, so it depends on the JDK and pgjdbc alone.
 */
package ai.demeter.settings;
