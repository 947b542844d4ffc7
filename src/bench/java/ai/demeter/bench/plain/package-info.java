/**
 * The untuned state, which the benchmark measures beside Demeter: the same requests to the same
 * table, written as the specifications suggest and run by a server as it comes. JAX-RS with its
 * JSON-B, {@code @Transactional}, JPA, and a pool of the container that asks the database before it
 * lends a connection (Payara Micro; a data source in {@code web.xml} cannot ask WildFly for it).
 */
package ai.demeter.bench.plain;
