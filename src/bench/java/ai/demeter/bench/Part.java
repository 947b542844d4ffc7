package ai.demeter.bench;

/** A part of the benchmark; each can be run alone. */
enum Part {
    /** What a request consists of, in the container, beside other pools. */
    CONTAINER,
    /** What clients see of a warm server. */
    WARM,
    /** What clients see of a server from its readiness on. */
    COLD,
    /** The statements alone, by pgbench. */
    SQL
}
