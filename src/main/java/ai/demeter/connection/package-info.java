/**
 * How a physical connection to PostgreSQL is made, checked and given up: the policy that the
 * container's pools lack.
 *
 * <p>Why it exists: neither the pool of Payara nor that of WildFly has a maximum lifetime, a
 * validation that always ends, or a way to fail at once while the database is known to be gone.
 * They draw their connections from {@link ai.demeter.connection.DemeterDataSource} instead of
 * pgjdbc's data source, and get all three. It is packed into {@code demeter-connection.jar}, which
 * the server loads beside pgjdbc; the WAR sees it through the server.
 */
package ai.demeter.connection;
