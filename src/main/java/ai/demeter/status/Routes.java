package ai.demeter.status;

import io.micrometer.core.instrument.Timer;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The requests to the API by route and method, whatever they ended with. */
final class Routes {
    private Routes() {}

    /**
     * Those that were asked for since the start, the busiest first.
     *
     * @param timers of {@code http.server.requests}
     * @param recent what some of them have counted within the last minute
     */
    static List<StatusDocument.Route> of(
            Collection<Timer> timers, Function<Collection<Timer>, RecentTimers.Recent> recent) {
        Map<String, List<Timer>> byRoute =
                timers.stream()
                        .collect(
                                Collectors.groupingBy(
                                        timer -> tag(timer, "route") + ' ' + tag(timer, "method"),
                                        TreeMap::new,
                                        Collectors.toList()));
        return byRoute.values().stream()
                .map(
                        ofRoute ->
                                new StatusDocument.Route(
                                        tag(ofRoute.get(0), "route"),
                                        tag(ofRoute.get(0), "method"),
                                        recent.apply(ofRoute),
                                        recent.apply(failed(ofRoute)).perSecond(),
                                        ofRoute.stream().mapToLong(Timer::count).sum()))
                .sorted(
                        Comparator.comparing((StatusDocument.Route route) -> route.all().count())
                                .reversed())
                .toList();
    }

    private static List<Timer> failed(List<Timer> timers) {
        return timers.stream().filter(timer -> tag(timer, "status").startsWith("5")).toList();
    }

    private static String tag(Timer timer, String key) {
        return String.valueOf(timer.getId().getTag(key));
    }
}
