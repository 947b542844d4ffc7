/**
 * Warehouses: the places where plants stand, the top level of the nursery's locations.
 *
 * <p>Why it exists: it is the first business component, and the pattern for the others: the entity
 * ({@link ai.demeter.warehouse.Warehouse}), its queries and units of work ({@link
 * ai.demeter.warehouse.Warehouses}), its resource and what goes over the wire, all in one room.
 */
package ai.demeter.warehouse;
