package ai.demeter.warehouse;

import ai.demeter.database.Failure;
import ai.demeter.http.Json;
import ai.demeter.http.Problem;
import ai.demeter.http.ProblemException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Warehouses to create together, all or none. */
record WarehouseBatch(List<WarehouseInput> items) {
    /** How many were created. */
    @Schema(name = "WarehousesCreated", description = "How many were created")
    public record Created(@Schema(example = "10000") int created) {}

    /**
     * Stores them.
     *
     * @throws ProblemException {@code validation} if there are none, {@code duplicate} with the
     *     index of each whose code stands in the batch already, or in the database
     */
    Created store(Warehouses warehouses) {
        if (items.isEmpty()) {
            throw ProblemException.invalid(
                    "items", "must be 1 to " + Json.MOST_ITEMS + " warehouses");
        }
        Set<String> seen = new HashSet<>();
        refuse(i -> !seen.add(code(i)), "stands in this batch already");
        try {
            warehouses.addAll(items);
        } catch (RuntimeException e) {
            if (Failure.of(e).kind() == Failure.Kind.DUPLICATE) {
                Set<String> existing =
                        warehouses.existing(items.stream().map(WarehouseInput::code).toList());
                refuse(i -> existing.contains(code(i)), "exists already");
            }
            throw e;
        }
        return new Created(items.size());
    }

    private String code(int i) {
        return items.get(i).code();
    }

    private void refuse(IntPredicate atFault, String message) {
        List<Problem.FieldError> errors =
                IntStream.range(0, items.size())
                        .filter(atFault)
                        .limit(Problem.MOST_ERRORS)
                        .mapToObj(i -> new Problem.FieldError("items[" + i + "].code", message))
                        .toList();
        if (!errors.isEmpty()) {
            throw ProblemException.duplicate(errors);
        }
    }
}
