package ai.demeter.http;

import java.util.List;

/** Ends a request with a {@link Problem}, and rolls back the transaction it passes through. */
public class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    private ProblemException(Problem problem) {
        super(problem.detail());
        this.problem = problem;
    }

    Problem problem() {
        return problem;
    }

    /** 404: there is none with this id. */
    public static ProblemException notFound(String what, long id) {
        return of(Problem.Kind.NOT_FOUND, "There is no " + what + " " + id + ".");
    }

    /** 412: the {@code If-Match} of the request does not name the current version. */
    public static ProblemException staleVersion() {
        return new ProblemException(
                Problem.of(
                        Problem.Kind.STALE_VERSION,
                        "If-Match does not name the current version; read the resource again."));
    }

    /** 400: {@code field} is not what it must be. */
    public static ProblemException invalid(String field, String message) {
        return invalid(List.of(new Problem.FieldError(field, message)));
    }

    /** 400, with every field at fault. */
    public static ProblemException invalid(List<Problem.FieldError> errors) {
        return fields(Problem.Kind.VALIDATION, errors);
    }

    /** 409, with every field whose value exists already. */
    public static ProblemException duplicate(List<Problem.FieldError> errors) {
        return fields(Problem.Kind.DUPLICATE, errors);
    }

    /** 409: {@code field} is not what it may be while the resource is as it is. */
    public static ProblemException conflict(String field, String message) {
        return fields(Problem.Kind.CONFLICT, List.of(new Problem.FieldError(field, message)));
    }

    /** 503: as many of the same as may are under way. */
    public static ProblemException overloaded(String detail) {
        return of(Problem.Kind.OVERLOADED, detail);
    }

    static ProblemException of(Problem.Kind kind, String detail) {
        return new ProblemException(Problem.of(kind, detail));
    }

    private static ProblemException fields(Problem.Kind kind, List<Problem.FieldError> errors) {
        String first = errors.get(0).field() + " " + errors.get(0).message();
        String detail =
                errors.size() == 1
                        ? first + "."
                        : first + ", and " + (errors.size() - 1) + " more.";
        return new ProblemException(new Problem(kind, detail, null, List.copyOf(errors), null));
    }
}
