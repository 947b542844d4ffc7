/**
 * The benchmark, {@code mvn -Pbench verify}: a table of figures, no verdict.
 *
 * <p>{@link ai.demeter.bench.Bench} starts each server twice: with a copy of the WAR that {@link
 * ai.demeter.bench.Archive} has added the measuring code to ({@link ai.demeter.bench.Inside}, for
 * what is measured in the container), and with the WAR as it is, for what is measured over HTTP, in
 * turn with the untuned state ({@link ai.demeter.bench.Plain}).
 */
package ai.demeter.bench;
