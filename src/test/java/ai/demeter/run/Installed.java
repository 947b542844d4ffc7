package ai.demeter.run;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** For the tests: what a machine may have from Debian, or not. */
final class Installed {
    private Installed() {}

    /** Where a program is, also one that is for root alone; empty if this machine has none. */
    static Optional<Path> find(String program) {
        return Stream.concat(
                        Stream.of("/usr/sbin"),
                        Stream.of(System.getenv("PATH").split(File.pathSeparator)))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
