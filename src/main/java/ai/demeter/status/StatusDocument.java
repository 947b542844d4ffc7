package ai.demeter.status;

import ai.demeter.status.RecentTimers.Recent;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;

/**
 * What {@code /api/status} answers. Spans of time are in seconds, instants in the form of RFC 3339.
 *
 * @param number of the newest sample: what to pass as {@code after} next time
 * @param level {@code ok}, {@code warn} or {@code bad}
 * @param replica null if there is none
 * @param closings how many connections were closed since the start, by reason
 * @param samples one a second, each as number, epoch second, busy, idle, waiting, and 1 if the
 *     database was reachable or else 0
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record StatusDocument(
        long number,
        String time,
        String state,
        String level,
        String sentence,
        Instance instance,
        Database database,
        Replica replica,
        Pool pool,
        List<UnderWay> loads,
        Recent acquisition,
        Recent usage,
        List<Route> requests,
        List<Connection> connections,
        Map<String, Long> closings,
        List<Slow> slowStatements,
        List<Setting> settings,
        List<Happening> events,
        List<long[]> samples) {

    /** This process. */
    record Instance(
            String version, String server, String java, String started, long uptimeSeconds) {}

    /**
     * The database, as far as it is known here.
     *
     * @param sinceAnswerSeconds null before the first answer
     */
    record Database(
            String address,
            String version,
            boolean reachable,
            Double sinceAnswerSeconds,
            String schema,
            List<Migration> migrations) {}

    /**
     * The read replica.
     *
     * @param reachable whether it answers and follows
     * @param lagSeconds how old what it has is at most; null if that is not known
     * @param open connections with it
     */
    record Replica(String address, boolean reachable, Double lagSeconds, int open) {}

    /** A migration that is applied. */
    record Migration(String version, String description, String installed, double seconds) {}

    /** The pool now. */
    record Pool(int busy, int idle, int waiting, int open, int size, int maximum) {}

    /** A load under way: rows that were sent to the database so far, none of them committed yet. */
    record UnderWay(long id, String of, long rows, double rowsPerSecond, double seconds) {}

    /** Requests to one route within the last minute. */
    record Route(
            String route, String method, Recent all, double errorsPerSecond, long sinceStart) {}

    /** An open connection. */
    record Connection(double ageSeconds, double replacedAtSeconds) {}

    /** A statement that took long, by its text. */
    record Slow(String text, long count, double totalSeconds, double worstSeconds, String last) {}

    /** A variable, what holds, and whether that is another value than the default. */
    record Setting(String name, String value, boolean changed) {}

    /** An event; one that is counted up is sent again, with the same id. */
    record Happening(
            long id,
            String at,
            String kind,
            String text,
            Double seconds,
            String requestId,
            int count) {}
}
