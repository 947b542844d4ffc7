package ai.demeter.detection;

import ai.demeter.http.Problem;
import ai.demeter.http.ProblemException;
import java.util.ArrayList;
import java.util.List;

/** What cannot be stored of a load: the first of it, and how much it is. */
final class Refused {
    private final List<LineError> errors = new ArrayList<>();
    private final int most;
    private long lines;
    private int last;

    /**
     * Nothing yet.
     *
     * @param most how many errors are kept
     */
    Refused(int most) {
        this.most = most;
    }

    /**
     * Notes an error.
     *
     * @param field null for the line as a whole
     */
    void add(int line, String field, String message) {
        if (line != last) {
            last = line;
            lines++;
        }
        if (errors.size() < most) {
            errors.add(new LineError(line, field, message));
        }
    }

    /** How many lines have one. */
    long lines() {
        return lines;
    }

    /** The first ones. */
    List<LineError> errors() {
        return List.copyOf(errors);
    }

    /** 400, with the first of them as {@code lines[3].count}. */
    ProblemException problem() {
        return ProblemException.invalid(
                errors.stream()
                        .limit(Problem.MOST_ERRORS)
                        .map(error -> new Problem.FieldError(error.path(), error.message()))
                        .toList());
    }
}
