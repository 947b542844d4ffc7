/**
 * Storage areas: the parts of a warehouse.
 *
 * <p>Why it exists: plants are counted where they stand, and a warehouse is too big a place to say
 * that. It is the pattern for components with a parent: the collection stands below the parent's
 * path, each area below a path of its own, and the database holds that no area is without its
 * warehouse.
 */
package ai.demeter.storage;
