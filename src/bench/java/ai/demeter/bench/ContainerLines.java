package ai.demeter.bench;

import ai.demeter.run.Server;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What is measured in the container, by {@link Inside}. */
final class ContainerLines {
    private static final Line BATCH = new Line(Work.BATCH, Line.DEMETER, 1);

    private final HttpClient client = HttpClient.newHttpClient();
    private final Server server;

    ContainerLines(Server server) {
        this.server = server;
    }

    /**
     * Measures all of them.
     *
     * @param round how long a line is measured in a round
     */
    Map<Line, Figures> measure(Rows rows, Duration warmUp, Duration round) throws Exception {
        List<Line> pools = new ArrayList<>();
        for (String what : List.of(Work.BORROW, Work.SELECT)) {
            for (int threads : List.of(1, 8)) {
                for (String by : List.of(Line.DEMETER, Line.HIKARI, Line.AGROAL)) {
                    pools.add(new Line(what, by, threads));
                }
            }
        }
        List<Line> rest =
                Stream.of(Work.SESSION, Work.TRANSACTION, Work.FIND, Work.INSERT, Work.BATCH)
                        .map(what -> new Line(what, Line.DEMETER, 1))
                        .toList();

        List<Line> all = Stream.concat(pools.stream(), rest.stream()).toList();
        for (Line line : all) {
            ask(line.by(1), warmUp.dividedBy(all.size()), rows.first());
        }
        Map<Line, Figures> measured = new LinkedHashMap<>();
        // The pools apart from the rest, so that what is compared is close in time.
        ProcessHandle process = server.process().toHandle();
        measured.putAll(Rounds.of(pools, line -> process, line -> ask(line, round, rows.random())));
        measured.putAll(Rounds.of(rest, line -> process, line -> ask(line, round, rows.random())));
        measured.computeIfPresent(BATCH, (line, batches) -> batches.times(Work.BATCH_ROWS));
        return measured;
    }

    private Figures ask(Line line, Duration time, long id)
            throws IOException, InterruptedException {
        String query =
                "/bench?what=%s&by=%s&threads=%d&millis=%d&id=%d"
                        .formatted(
                                URLEncoder.encode(line.what(), StandardCharsets.UTF_8),
                                line.by(),
                                line.atOnce(),
                                time.toMillis(),
                                id);
        HttpResponse<String> answer =
                client.send(
                        HttpRequest.newBuilder(server.base().resolve(query)).build(),
                        HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(line + " answered " + answer.statusCode());
        }
        return Figures.parse(answer.body());
    }
}
