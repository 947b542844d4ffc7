/**
 * Rows by the hundred thousand: COPY within a unit of work, and the loads that are under way.
 *
 * <p>Why it exists: the ORM makes an object of each row, and whoever sends a million of them keeps
 * a connection and a processor for as long. Here they pass at the speed of COPY, stored or not with
 * everything else of their unit of work, and in a number that leaves the rest to the others.
 */
package ai.demeter.bulk;
