/**
 * Demeter, the data foundation of DemeterAI: everything that counts and tracks plants reaches
 * PostgreSQL through it.
 *
 * <p>The walk of a request:
 *
 * <ol>
 *   <li>{@code http}: {@link ai.demeter.http.Gate} lets it in, {@link ai.demeter.http.Json} binds
 *       and checks its body;
 *   <li>a business component, such as {@code warehouse}: the resource asks its queries, each of
 *       which is one {@link ai.demeter.database.UnitOfWork} or {@link ai.demeter.database.Read};
 *   <li>{@code database}: the unit of work is a transaction of the container, on a connection of
 *       its pool;
 *   <li>{@code connection}, outside the WAR: how the pool's connections are opened and checked;
 *   <li>and back: the transaction has committed before the resource returns, so the answer is never
 *       ahead of the database. What went wrong becomes a problem in {@link
 *       ai.demeter.http.Problems}.
 * </ol>
 *
 * <p>Imports run one way: component, http, database, connection; {@code metrics} imports none of
 * them, and {@code GET /api/metrics} shows what all of them measure.
 */
package ai.demeter;
