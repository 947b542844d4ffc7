package ai.demeter.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Shows what Demeter itself logs, while the server's chatter stays in the file. */
final class Console implements AutoCloseable {
    private static final int LONGEST = 200;
    private static final int LAST_LINES = 40;

    /**
     * A line of Demeter's in WildFly's form, or in Payara's; {@code [[} begins a message of several
     * lines.
     */
    private static final Pattern OURS =
            Pattern.compile(
                    ".*?[\\[m]ai\\.demeter\\.[\\w.]+\\S*]"
                            + "(?: \\[tid: .*?\\[levelValue: \\d+]| \\([^)]*\\)) (.*)");

    private final Path log;
    private final PrintStream out;
    private final BufferedReader lines;
    private final Thread follower = new Thread(this::follow, "console");
    private final StringBuilder line = new StringBuilder();
    private boolean continued;
    private volatile String last = "";
    private volatile boolean ended;

    /** Begins with an empty file. */
    Console(Path log, PrintStream out) throws IOException {
        this.log = log;
        this.out = out;
        Files.createDirectories(log.getParent());
        Files.writeString(log, "");
        lines = Files.newBufferedReader(log);
        follower.setDaemon(true);
        follower.start();
    }

    Path log() {
        return log;
    }

    /** Waits until Demeter says this; not for ever, as a log in JSON is not understood here. */
    void await(String beginning, Duration atMost) throws InterruptedException {
        long until = System.nanoTime() + atMost.toNanos();
        while (!last.startsWith(beginning) && System.nanoTime() < until) {
            Thread.sleep(20);
        }
    }

    /** The end of the file, for who has to see why there is no server. */
    List<String> lastLines() throws IOException {
        List<String> all = Files.readAllLines(log);
        return all.subList(Math.max(0, all.size() - LAST_LINES), all.size());
    }

    private void follow() {
        try {
            while (!ended) {
                showWhatIsNew();
                Thread.sleep(100);
            }
            showWhatIsNew();
        } catch (IOException | InterruptedException e) {
            out.println("The log is no longer followed: " + e);
        }
    }

    private void showWhatIsNew() throws IOException {
        // Not readLine, which takes the half of a line that was written so far for a whole one.
        for (int character = lines.read(); character >= 0; character = lines.read()) {
            if (character == '\n') {
                take(line.toString());
                line.setLength(0);
            } else if (character != '\r') {
                line.append((char) character);
            }
        }
    }

    /** Shows a line of the log, if it is one of Demeter's. */
    private void take(String text) {
        Matcher ours = OURS.matcher(text);
        if (continued || ours.matches()) {
            String message = continued ? text.strip() : ours.group(1);
            continued = message.equals("[[");
            if (!continued) {
                last = message;
                out.println(
                        message.length() > LONGEST
                                ? message.substring(0, LONGEST) + " …"
                                : message);
            }
        }
    }

    /** Shows what is there still, and ends. */
    @Override
    public void close() throws InterruptedException, IOException {
        ended = true;
        follower.join();
        lines.close();
    }
}
