package ai.demeter.http;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.Path;
import jakarta.validation.TraversableResolver;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.lang.annotation.ElementType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Everything that is wrong with the members of one body: what could not be bound, and what violates
 * a constraint. Its client is told of all at once, up to {@link Problem#MOST_ERRORS}.
 */
final class BodyErrors {
    private static final Validator VALIDATOR =
            Validation.byDefaultProvider()
                    .configure()
                    .traversableResolver(new Records())
                    .buildValidatorFactory()
                    .getValidator();

    /** In the order of the body; no more are kept than one answer names. */
    private final Map<String, Problem.FieldError> unbound = new LinkedHashMap<>();

    /** Whether no more are kept: what comes later in the body need not be looked at. */
    boolean isFull() {
        return unbound.size() == Problem.MOST_ERRORS;
    }

    /** The default one asks JPA of each member whether an entity has loaded it. */
    private static final class Records implements TraversableResolver {
        @Override
        public boolean isReachable(
                Object object, Path.Node member, Class<?> root, Path path, ElementType type) {
            return true;
        }

        @Override
        public boolean isCascadable(
                Object object, Path.Node member, Class<?> root, Path path, ElementType type) {
            return true;
        }
    }

    /** Notes a value that is of another type than it must be; the first time it is said of it. */
    void unbound(String field, String message) {
        if (!isFull()) {
            unbound.putIfAbsent(field, new Problem.FieldError(field, message));
        }
    }

    /**
     * Checks what was read.
     *
     * @throws ProblemException {@code validation} if anything is wrong with it
     */
    void check(Object value) {
        List<Problem.FieldError> errors = new ArrayList<>();
        if (value instanceof JsonBinding.Items<?> items) {
            if (items.size() > Json.MOST_ITEMS) {
                throw ProblemException.invalid("items", "must be at most " + Json.MOST_ITEMS);
            }
            for (int i = 0; i < items.size() && errors.size() < Problem.MOST_ERRORS; i++) {
                errors.addAll(of("items[" + i + "]", items.get(i)));
            }
        } else {
            errors.addAll(of("", value));
        }
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(
                    errors.subList(0, Math.min(errors.size(), Problem.MOST_ERRORS)));
        }
    }

    /** Those of one record, by field; an item that is none is null. */
    private List<Problem.FieldError> of(String path, Object record) {
        List<Problem.FieldError> errors =
                unbound.isEmpty()
                        ? new ArrayList<>()
                        : unbound.values().stream()
                                .filter(error -> error.field().startsWith(path))
                                .collect(Collectors.toCollection(ArrayList::new));
        if (record == null) {
            return errors.isEmpty()
                    ? List.of(new Problem.FieldError(path, "must be an object"))
                    : errors;
        }
        // What could not be bound is null, which is no second error.
        Set<String> known =
                errors.stream().map(Problem.FieldError::field).collect(Collectors.toSet());
        String prefix = path.isEmpty() ? "" : path + ".";
        for (ConstraintViolation<Object> violation : VALIDATOR.validate(record)) {
            String field = prefix + violation.getPropertyPath();
            if (!known.contains(field)) {
                errors.add(new Problem.FieldError(field, violation.getMessage()));
            }
        }
        errors.sort(
                Comparator.comparing(Problem.FieldError::field)
                        .thenComparing(Problem.FieldError::message));
        return errors;
    }
}
