package ai.demeter.events;

/**
 * A span under way (OpenTelemetry, "Tracing API"). An interface, because what exports spans is
 * loaded apart from all this, with its libraries ({@code traces}).
 */
public interface Span {

    /** Whose work a span is: ours, or what another process does for us. */
    enum Kind {
        INTERNAL,
        CLIENT
    }

    /** Where it stands in its trace; goes to nobody but those whom this service asks or answers. */
    TraceContext context();

    /**
     * Begins a part of it.
     *
     * @param ago nanoseconds since that began
     */
    Span begin(String name, Kind kind, long ago);

    /** What it is called, if that is known later than that it began. */
    void name(String name);

    /** Says something about it: a name of the semantic conventions, and never a value of a row. */
    void set(String attribute, String value);

    /** The same, of a number. */
    void set(String attribute, long value);

    /**
     * It failed.
     *
     * @param type the kind of failure, of which there are few
     */
    void failed(String type);

    /** It has ended now. */
    void end();
}
