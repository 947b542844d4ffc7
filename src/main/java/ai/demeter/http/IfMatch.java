package ai.demeter.http;

import jakarta.ws.rs.core.EntityTag;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The {@code If-Match} of a request (RFC 9110, section 13.1.1): which versions of the resource it
 * may change.
 */
public final class IfMatch {
    /**
     * An element of the list, perhaps an empty one (section 5.6.1.2), and what ends it. Without
     * backtracking, as the header may be long.
     */
    private static final Pattern ELEMENT =
            Pattern.compile(
                    "\\G[ \\t]*+(?:(W/)?+\"([\\x21\\x23-\\x7E\\x80-\\xFF]*+)\")?+[ \\t]*+(,|\\z)");

    private final boolean any;
    private final Set<String> tags;

    private IfMatch(boolean any, Set<String> tags) {
        this.any = any;
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
        if (header.strip().equals("*")) {
            return new IfMatch(true, Set.of());
        }
        Set<String> strong = new HashSet<>();
        boolean named = false;
        boolean ended = false;
        Matcher element = ELEMENT.matcher(header);
        while (!ended && element.find()) {
            named |= element.group(2) != null;
            if (element.group(2) != null && element.group(1) == null) { // a weak tag never matches
                strong.add(element.group(2));
            }
            ended = element.group(3).isEmpty();
        }
        if (!named || !ended) {
            throw ProblemException.invalid(
                    "If-Match", "must be the ETag of a version, in double quotes");
        }
        return new IfMatch(false, strong);
    }

    /** The strong entity tag of a version. */
    public static EntityTag tag(int version) {
        return new EntityTag(Integer.toString(version));
    }

    /**
     * Checks the version at hand.
     *
     * @throws ProblemException {@code stale-version} if the request does not name it
     */
    public void check(int version) {
        if (!any && !tags.contains(Integer.toString(version))) {
            throw ProblemException.staleVersion();
        }
    }
}
