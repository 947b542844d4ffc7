/**
 * The sockets under pgjdbc: such as never wait for longer than they may, and can be looked into.
 *
 * <p>Why it exists: neither the driver nor the JDK bounds a write, a driver that gives a connection
 * up waits for the peer once more under TLS, and a plain socket cannot say whether the other end
 * has closed it. The package is part of {@code demeter-connection.jar}, which the server loads, and
 * knows nothing of SQL.
 */
package ai.demeter.transport;
