package ai.demeter.http;

/**
 * A resource as clients see it (RFC 9110, section 3.2): a record that says which, and its version.
 */
public interface Representation {
    /** Its id, as in its path. */
    long id();

    /** Counts its changes; the entity tag holds it. */
    int version();
}
