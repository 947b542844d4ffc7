/**
 * Locations: the places in an area that bear a label.
 *
 * <p>Why it exists: people who count or move plants scan a label, and what it holds says where they
 * are. So a location is found by its {@code qrCode} as well as by its area.
 */
package ai.demeter.location;
