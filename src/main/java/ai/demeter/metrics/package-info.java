/**
 * Where meters are registered and how they are written out: Micrometer, in the text format of
 * Prometheus.
 *
 * <p>Why it exists: {@code database} and {@code http} both measure, and {@code connection}, which
 * the server loads without the libraries of the WAR, keeps plain counts for them to publish. What
 * is measured is described where it is measured, and listed in docs/operations.md.
 */
package ai.demeter.metrics;
