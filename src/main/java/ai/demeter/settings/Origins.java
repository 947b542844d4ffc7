package ai.demeter.settings;

import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Origins of web pages, exactly as browsers send them (RFC 6454, section 6.2). */
final class Origins {
    private static final String NAME = "[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?";
    private static final Pattern ORIGIN =
            Pattern.compile("(https?)://(?:" + NAME + "|\\[[0-9a-f:.]+])(?::([1-9][0-9]{0,4}))?");

    private Origins() {}

    /**
     * A list with commas between; empty if the text is.
     *
     * @throws InvalidVariable if one of them could never be what a browser sends: a path, an upper
     *     case letter, the port that goes without saying, a wildcard
     */
    static Set<String> parse(Variable variable, String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(origin -> !origin.isEmpty())
                .map(origin -> checked(variable, origin))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static String checked(Variable variable, String origin) {
        var found = ORIGIN.matcher(origin);
        if (!found.matches()
                || "80".equals(found.group(2)) && found.group(1).equals("http")
                || "443".equals(found.group(2)) && found.group(1).equals("https")) {
            throw new InvalidVariable(
                    variable,
                    origin,
                    "takes origins as browsers send them, such as https://app.example.org or"
                            + " http://localhost:3000, with commas between");
        }
        return origin;
    }
}
