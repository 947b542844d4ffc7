package ai.demeter.settings;

/**
 * An environment variable whose value cannot be used. Its message is the one line that the start
 * scripts print: the variable, what it got and what it takes, without secrets.
 */
public final class InvalidVariable extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public InvalidVariable(Variable variable, String given, String takes) {
        super(variable + ": got \"" + printable(given) + "\", " + takes);
    }

    /** For values that may hold a secret and are therefore not repeated. */
    public InvalidVariable(Variable variable, String why) {
        super(variable + ": " + why);
    }

    private static String printable(String given) {
        String line = given.replaceAll("\\p{Cntrl}", "?");
        return line.length() > 60 ? line.substring(0, 60) + "..." : line;
    }
}
