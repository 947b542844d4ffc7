/**
 * The benchmark, {@code mvn -Pbench verify}: a table of figures, no verdict.
 *
 * <p>{@link ai.demeter.bench.Bench} takes the servers one after the other, {@link
 * ai.demeter.bench.Candidate} the parts of what is measured of one: in the container ({@link
 * ai.demeter.bench.Inside}, in a copy of the WAR that {@link ai.demeter.bench.Archive} has added it
 * to), and over HTTP with the WAR as it is, warm ({@link ai.demeter.bench.HttpLines}) and cold
 * ({@link ai.demeter.bench.Cold}), in turn with the other {@link ai.demeter.bench.Contender
 * contenders}: the untuned state ({@link ai.demeter.bench.Plain}), other stacks ({@link
 * ai.demeter.bench.Peer}), an earlier state.
 */
package ai.demeter.bench;
