package ai.demeter.bench;

import ai.demeter.run.Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code mvn -Pbench verify}: measures the servers one after the other and prints the tables. */
public final class Bench {
    private Bench() {}

    /**
     * Measures.
     *
     * @param arguments see {@link Plan#of}
     */
    public static void main(String[] arguments) throws Exception {
        Plan plan = Plan.of(arguments);
        Path directory = plan.checkout().resolve("target/bench");
        for (Peer peer : plan.peers()) {
            peer.build(plan.checkout());
        }

        StringBuilder report = new StringBuilder();
        print(report, heading(plan));
        List<Report.Server> servers = new ArrayList<>();
        for (Server.Kind kind : plan.servers()) {
            Path own = Files.createDirectories(directory.resolve(kind.wireName()));
            try (Candidate candidate = new Candidate(kind, plan, own)) {
                servers.add(candidate.measure());
            }
            print(report, Report.of(servers.get(servers.size() - 1)));
        }
        print(report, Report.ratios(servers));
        Path file = plan.checkout().resolve("target/bench.md");
        Files.writeString(file, report);
        System.out.println("\nKept in " + plan.checkout().relativize(file));
    }

    private static String heading(Plan plan) {
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
                        plan.seconds());
    }

    private static void print(StringBuilder report, String part) {
        report.append(part);
        System.out.print(part);
        System.out.flush();
    }
}
