/**
 * The page at {@code /} and the JSON behind it: how the service is, in one sentence, and below it
 * what the pool does, did, and why.
 *
 * <p>Why it exists: who looks after the service needs fill, waiters, ages, closings, events and
 * slow statements in one place, on the same address on both servers, also while the database
 * answers nobody. Everything shown is read from what the other rooms keep in memory: neither pool
 * nor database is touched. The room stands above all others of the foundation, because it reads
 * from them all and none reads from it.
 */
package ai.demeter.status;
