/**
 * The tree of a warehouse: its areas, their locations, their bins.
 *
 * <p>Why it exists: whoever draws a map of a warehouse needs all of it, and would otherwise ask for
 * each of its parts by itself. It stands above the rooms of the levels, and has no table.
 */
package ai.demeter.tree;
