package ai.demeter.http;

import ai.demeter.database.Freshness;
import ai.demeter.replica.LogPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How fresh a list has to be: the {@code stale} and the {@code Demeter-Position} of a request. */
public final class Stale {
    private Stale() {}

    /**
     * Reads both.
     *
     * @param stale seconds that the list may be old; null or empty for none
     * @param position what must be in it; null for nothing in particular
     * @throws ProblemException {@code validation} that names each that cannot be used
     */
    public static Freshness of(String stale, String position) {
        List<Problem.FieldError> errors = new ArrayList<>();
        int seconds = 0;
        if (stale != null && !stale.isEmpty()) {
            seconds = stale.matches("[0-9]{1,3}") ? Integer.parseInt(stale) : Freshness.OLDEST + 1;
            if (seconds > Freshness.OLDEST) {
                errors.add(
                        new Problem.FieldError(
                                "stale",
                                "must be a whole number of seconds from 0 to " + Freshness.OLDEST));
            }
        }
        LogPosition written = null;
        if (position != null) {
            written = LogPosition.parse(position.strip()).orElse(null);
            if (written == null) {
                errors.add(
                        new Problem.FieldError(
                                PositionOfWrite.HEADER,
                                "must be that of an earlier answer, such as 0/16B3748"));
            }
        }
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
        return new Freshness(Duration.ofSeconds(seconds), written);
    }
}
