package ai.demeter.http;

/**
 * The {@code If-Match} of a request (RFC 9110, section 13.1.1): which versions of the resource it
 * may change.
 */
public final class IfMatch {
    private final EntityTags tags;

    private IfMatch(EntityTags tags) {
        this.tags = tags;
    }

    /**
     * Reads the header.
     *
     * @throws ProblemException {@code precondition-required} if it is absent, {@code validation} if
     *     it is not {@code *} or a list of entity tags
     */
    public static IfMatch of(String header) {
        if (header == null) {
            throw ProblemException.of(
                    Problem.Kind.PRECONDITION_REQUIRED,
                    "Send If-Match with the ETag of the version to change.");
        }
        return new IfMatch(
                EntityTags.parse(header)
                        .orElseThrow(
                                () ->
                                        ProblemException.invalid(
                                                "If-Match",
                                                "must be the ETag of a version, in double quotes")));
    }

    /**
     * Checks the version at hand; a weak tag never matches.
     *
     * @throws ProblemException {@code stale-version} if the request does not name it
     */
    public void check(int version) {
        if (!tags.any() && !tags.strong().contains(Integer.toString(version))) {
            throw ProblemException.staleVersion();
        }
    }
}
