package ai.demeter.bench;

import ai.demeter.run.Server;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is measured, as the command line says.
 *
 * @param checkout this one, built
 * @param servers each on a database of its own
 * @param seconds for each line that is measured warm
 * @param before another checkout that was built, to be measured beside this one
 * @param plain whether the untuned state is measured beside it
 * @param peers other stacks beside it
 * @param parts what of the benchmark is run
 */
record Plan(
        Path checkout,
        List<Server.Kind> servers,
        long seconds,
        Optional<Path> before,
        boolean plain,
        Set<Peer> peers,
        Set<Part> parts) {

    /**
     * As the build passes it: checkout, servers, seconds, another checkout or nothing, the peers,
     * the parts; lists have commas.
     */
    static Plan of(String[] arguments) {
        List<String> beside = words(arguments[4]).toList();
        return new Plan(
                Path.of(arguments[0]),
                words(arguments[1]).map(Server.Kind::of).toList(),
                Long.parseLong(arguments[2]),
                words(arguments[3]).map(Path::of).findFirst(),
                beside.contains(Line.PLAIN),
                constants(
                        Peer.class,
                        beside.stream().filter(name -> !name.equals(Line.PLAIN)),
                        Peer::valueOf),
                constants(Part.class, words(arguments[5]), Part::valueOf));
    }

    /** How long a line is measured in a round. */
    Duration round() {
        return Duration.ofSeconds(seconds).dividedBy(Rounds.COUNT);
    }

    /** An empty property arrives as null. */
    private static Stream<String> words(String list) {
        return Stream.ofNullable(list)
                .flatMap(words -> Stream.of(words.split(",")))
                .map(String::strip)
                .filter(word -> !word.isEmpty());
    }

    private static <E extends Enum<E>> Set<E> constants(
            Class<E> type, Stream<String> names, Function<String, E> constant) {
        return names.map(name -> constant.apply(name.toUpperCase(Locale.ROOT)))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(type)));
    }
}
