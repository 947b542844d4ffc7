/**
 * Where spans go: to a collector of OpenTelemetry's, if {@code OTEL_EXPORTER_OTLP_ENDPOINT} names
 * one.
 *
 * <p>Why it exists: spans are begun where something happens, by {@code events}, which knows nothing
 * of OpenTelemetry. Its SDK is loaded here, with the classes of {@code sdk} and apart from the
 * server's own, and only if spans are wanted (docs/decisions/traces.md).
 */
package ai.demeter.traces;
