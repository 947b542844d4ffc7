package ai.demeter.bench;

/**
 * A line of the table.
 *
 * @param what is measured
 * @param by what does it
 * @param atOnce threads, connections or clients that do it side by side
 */
record Line(String what, String by, int atOnce) {
    static final String DEMETER = "Demeter";
    static final String PLAIN = "plain";
    static final String BEFORE = "before";
    static final String HIKARI = "HikariCP";
    static final String AGROAL = "Agroal";
    static final String PGBENCH = "pgbench";

    /** The same thing done by something else. */
    Line by(String other) {
        return new Line(what, other, atOnce);
    }

    /** The same thing with another number side by side. */
    Line by(int other) {
        return new Line(what, by, other);
    }
}
