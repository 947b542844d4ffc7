/**
 * The fault suite: the guarantees of docs/guarantees.md, each held against the real fault.
 *
 * <p>Why it exists: what a pool does when its database is killed, frozen, cut off or full is never
 * what its documentation says. PostgreSQL is stopped, restarted, frozen and killed here, and stands
 * behind a {@link ai.demeter.fault.Proxy} that can freeze, cut, delay and refuse. Tagged {@code
 * fault}.
 */
package ai.demeter.fault;
