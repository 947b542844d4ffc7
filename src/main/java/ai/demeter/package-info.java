/**
 * Demeter, the data foundation of DemeterAI: everything that counts and tracks plants reaches
 * PostgreSQL through it.
 *
 * <p>The walk of a request, room by room:
 *
 * <ol>
 *   <li>{@code http}: {@link ai.demeter.http.BearerTokens} asks who it is from, by what {@code
 *       auth} knows of tokens, {@link ai.demeter.http.Admission} lets it in, {@link
 *       ai.demeter.http.Json} binds and checks its body;
 *   <li>{@code idempotency}, if it has a key: {@link ai.demeter.idempotency.Once} answers it from
 *       what is stored, or runs what follows in one transaction with its key and its answer;
 *   <li>a business component, such as {@code warehouse}: the resource asks its queries, each of
 *       which is one {@link ai.demeter.database.UnitOfWork} or {@link ai.demeter.database.Read};
 *   <li>{@code database}: the unit of work is a transaction of the container, run again where that
 *       is safe; {@code bulk}, where rows come or go by the hundred thousand;
 *   <li>{@code pool}: {@link ai.demeter.pool.Bulkhead} says who may have a connection of the
 *       container's pool, and {@link ai.demeter.pool.PoolFiller} keeps that full; {@link
 *       ai.demeter.pool.ReplicaReads} sends what may be stale to a replica, where there is one, by
 *       what {@code replica} knows of it;
 *   <li>{@code connection}, outside the WAR: how the pool's connections are opened and checked, by
 *       what {@code session} knows of the server behind one and the variables of {@code settings},
 *       over the sockets of {@code transport};
 *   <li>and back: the transaction has committed before the resource returns, so the answer is never
 *       ahead of the database. What went wrong becomes a problem in {@link
 *       ai.demeter.http.ProblemMapper}.
 * </ol>
 *
 * <p>What goes wrong on the way is remembered in {@code events}, outside the WAR as well, and shown
 * by {@code status}, which stands above all the others because it reads from all of them. {@code
 * health} tells orchestrators whether to send requests here at all, {@code schema} brings the
 * tables up to date before that; {@code metrics} holds the registry that all of them publish in,
 * {@code traces} sends the spans of {@code events} to a collector, if there is one. Imports run one
 * way, from the component down: component, http, idempotency, health, schema, bulk, database, pool,
 * auth, traces, replica, connection, session, transport, settings, metrics, events; {@code
 * LayeringTest} holds it.
 */
package ai.demeter;
