package ai.demeter.http;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code If-Match} and {@code If-None-Match} hold (RFC 9110, section 13.1).
 *
 * @param any whether it is {@code *}
 * @param strong the tags that are not weak
 * @param weak those that are
 */
record EntityTags(boolean any, Set<String> strong, Set<String> weak) {
    /**
     * An element of the list, perhaps an empty one (section 5.6.1.2), and what ends it. Without
     * backtracking, as the header may be long.
     */
    private static final Pattern ELEMENT =
            Pattern.compile(
                    "\\G[ \\t]*+(?:(W/)?+\"([\\x21\\x23-\\x7E\\x80-\\xFF]*+)\")?+[ \\t]*+(,|\\z)");

    /** Empty if it is neither {@code *} nor a list of entity tags. */
    static Optional<EntityTags> parse(String header) {
        EntityTags tags =
                new EntityTags(header.strip().equals("*"), new HashSet<>(), new HashSet<>());
        if (tags.any) {
            return Optional.of(tags);
        }
        boolean ended = false;
        Matcher element = ELEMENT.matcher(header);
        while (!ended && element.find()) {
            if (element.group(2) != null) {
                (element.group(1) == null ? tags.strong : tags.weak).add(element.group(2));
            }
            ended = element.group(3).isEmpty();
        }
        boolean none = tags.strong.isEmpty() && tags.weak.isEmpty();
        return none || !ended ? Optional.empty() : Optional.of(tags);
    }
}
