package ai.demeter.fault;

import ai.demeter.run.Stack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** What the fault suite measured, kept in {@code target/it/<server>/figures.md} to be reported. */
public final class Figures {
    private Figures() {}

    public static void record(Stack stack, String what, Duration took) throws IOException {
        record(stack, what, took.toMillis() + " ms");
    }

    public static void record(Stack stack, String what, Object figure) throws IOException {
        Path file = stack.log().resolveSibling("figures.md");
        Files.writeString(
                file,
                "| " + Stack.KIND + " | " + what + " | " + figure + " |\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
