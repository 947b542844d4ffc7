package ai.demeter.schema;

import java.time.Duration;
import java.time.Instant;

/**
 * A migration that is applied.
 *
 * @param version null for one that is repeatable
 * @param took how long it ran
 */
public record Applied(String version, String description, Instant installed, Duration took) {}
