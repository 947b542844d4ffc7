/**
 * What uses OpenTelemetry's SDK, loaded by {@link ai.demeter.traces.LoadedApart} alone: no class
 * outside refers to one of these, or of the SDK, by anything but its name.
 */
package ai.demeter.traces.sdk;
