package ai.demeter.fault;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Sql;
import ai.demeter.run.Stack;
import ai.demeter.run.Until;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Connections that grow old are replaced before they are too old, and not all at once. Otherwise
 * the database would have to log in a whole pool within a moment, again and again.
 */
@Tag("fault")
@Tag("proof") // the ages pass in true time
class LifetimeIT {
    private static final Duration RECYCLE = Duration.ofSeconds(20);
    private static final Duration OBSERVED = RECYCLE.plusSeconds(2);

    @Test
    @DisplayName(
            "Under steady load no connection older than DB_POOL_RECYCLE is lent, none fails, at most a quarter is replaced within a second")
    void replacedGradually() throws Exception {
        try (Stack stack =
                        Stack.start(
                                "lifetime",
                                Map.of(
                                        "DB_POOL_RECYCLE",
                                        Long.toString(RECYCLE.toSeconds()),
                                        // On a busy machine a slow check is not a silent one.
                                        "DB_VALIDATION_TIMEOUT",
                                        "10"));
                Clients clients =
                        new Clients(
                                4,
                                Integer.MAX_VALUE,
                                Clients.get(stack, "/api/warehouses?limit=1"));
                Connection connection = stack.postgres().superuser();
                Statement statement = connection.createStatement()) {
            // Those that WildFly opened long before the service was ready grow old together.
            Instant ready = now(statement);
            Until.holds(
                    "they are replaced",
                    () ->
                            Sql.number(
                                            stack.postgres(),
                                            "SELECT count(*) "
                                                    + Sessions.POOL
                                                    + " AND backend_start < '"
                                                    + ready
                                                    + "'")
                                    == 0);
            Instant observed = now(statement);
            Set<Integer> open = new HashSet<>();
            List<Instant> retirements = new ArrayList<>();
            Duration oldest = Duration.ZERO;
            for (Instant now = observed;
                    now.isBefore(observed.plus(OBSERVED));
                    now = now(statement)) {
                Set<Integer> found = new HashSet<>();
                try (ResultSet rows =
                        statement.executeQuery(
                                "SELECT pid, extract(epoch FROM query_start - backend_start) AS age_when_used "
                                        + Sessions.POOL
                                        + " AND query_start IS NOT NULL")) {
                    while (rows.next()) {
                        found.add(rows.getInt(1));
                        Duration age = Duration.ofMillis((long) (rows.getDouble(2) * 1000));
                        oldest = age.compareTo(oldest) > 0 ? age : oldest;
                    }
                }
                open.removeAll(found);
                retirements.addAll(Collections.nCopies(open.size(), now));
                open = found;
                Thread.sleep(50); // between two looks
            }
            assertThat(oldest).isBetween(RECYCLE.dividedBy(3), RECYCLE.plusSeconds(2));
            assertThat(retirements).hasSizeGreaterThanOrEqualTo(15);
            long mostWithinASecond =
                    retirements.stream()
                            .mapToLong(from -> within(retirements, from, from.plusSeconds(1)))
                            .max()
                            .orElseThrow();
            assertThat(mostWithinASecond).as(retirements.toString()).isLessThanOrEqualTo(5);
            Figures.record(stack, "lifetime of 20 s: oldest one lent", oldest);
            Figures.record(
                    stack, "lifetime of 20 s: most replaced within a second", mostWithinASecond);
            assertThat(Clients.byStatus(clients.stop())).containsOnlyKeys(200);
        }
    }

    private static Instant now(Statement statement) throws Exception {
        try (ResultSet rows = statement.executeQuery("SELECT clock_timestamp()")) {
            rows.next();
            return rows.getTimestamp(1).toInstant();
        }
    }

    private static long within(List<Instant> instants, Instant from, Instant to) {
        return instants.stream()
                .filter(instant -> !instant.isBefore(from) && instant.isBefore(to))
                .count();
    }
}
