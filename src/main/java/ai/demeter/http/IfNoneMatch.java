package ai.demeter.http;

/**
 * The {@code If-None-Match} of a request (RFC 9110, section 13.1.2): which versions of the resource
 * its client has already.
 *
 * <p>JAX-RS has {@code Request.evaluatePreconditions} for it, but RESTEasy compares strongly there
 * and Jersey refuses what it cannot read.
 */
public final class IfNoneMatch {
    private IfNoneMatch() {}

    /**
     * Whether the header names the version: weak tags do too, and what cannot be read does not.
     *
     * @param header null if there is none
     */
    public static boolean names(String header, int version) {
        String tag = Integer.toString(version);
        return header != null
                && EntityTags.parse(header)
                        .filter(
                                tags ->
                                        tags.any()
                                                || tags.strong().contains(tag)
                                                || tags.weak().contains(tag))
                        .isPresent();
    }
}
