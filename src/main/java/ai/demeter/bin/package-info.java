/**
 * Bins: the beds, benches and boxes of a location that plants stand in.
 *
 * <p>Why it exists: a batch of plants stands in one of them. A bin that is retired stays so, which
 * the database holds.
 */
package ai.demeter.bin;
