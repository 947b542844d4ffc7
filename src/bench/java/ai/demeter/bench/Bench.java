package ai.demeter.bench;

import ai.demeter.run.Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code mvn -Pbench verify}: measures the servers one after the other and prints the tables. */
public final class Bench {
    private Bench() {}

    /**
     * Measures.
     *
     * @param arguments the checkout; {@code payara-micro}, {@code wildfly} or both with a comma;
     *     how many seconds a line is measured; and another checkout that was built, to be measured
     *     beside this one over HTTP, or nothing
     */
    public static void main(String[] arguments) throws Exception {
        Path checkout = Path.of(arguments[0]);
        Path directory = checkout.resolve("target/bench");
        Path home = directory.resolve("home");
        Duration round = Duration.ofSeconds(Long.parseLong(arguments[2])).dividedBy(Rounds.COUNT);
        Optional<Path> before =
                Optional.of(arguments[3]).filter(path -> !path.isEmpty()).map(Path::of);
        if (before.isEmpty()) {
            Archive.make(checkout.resolve("target"), home);
        }

        StringBuilder report = new StringBuilder();
        print(report, heading(arguments[2]));
        List<Report.Server> servers = new ArrayList<>();
        for (String name : arguments[1].split(",")) {
            Server.Kind kind = Server.Kind.of(name);
            Path own = Files.createDirectories(directory.resolve(name));
            try (Candidate candidate = new Candidate(kind, checkout, own, round)) {
                servers.add(
                        before.isPresent()
                                ? candidate.measureBeside(before.get())
                                : candidate.measure(home));
            }
            print(report, Report.of(servers.get(servers.size() - 1)));
        }
        print(report, Report.ratios(servers));
        Path file = checkout.resolve("target/bench.md");
        Files.writeString(file, report);
        System.out.println("\nKept in " + checkout.relativize(file));
    }

    private static String heading(String seconds) {
        return """
        # Benchmark

        Java %s, %d cores, which servers, database and clients share; JAVA_OPTS "%s". Each line: the median of
        %d rounds, %s s in all; ± is how far the rounds lie apart;
        CPU is what the server uses of the cores for each, and least disturbed by other work on the machine.
        """
                .formatted(
                        Runtime.version(),
                        Runtime.getRuntime().availableProcessors(),
                        System.getenv().getOrDefault("JAVA_OPTS", ""),
                        Rounds.COUNT,
                        seconds);
    }

    private static void print(StringBuilder report, String part) {
        report.append(part);
        System.out.print(part);
        System.out.flush();
    }
}
