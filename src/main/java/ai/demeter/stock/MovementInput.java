package ai.demeter.stock;

import ai.demeter.http.ProblemException;
import jakarta.validation.constraints.NotNull;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What a client says of a movement to record.
 *
 * @param quantity plants that came, or left if it is negative; null for a count
 * @param counted of a count, how many were there; null otherwise
 */
@Schema(
        name = "MovementInput",
        description =
                "A movement to record: quantity has the sign of its type, death and sale are below 0;"
                        + " a count has counted instead")
public record MovementInput(
        @Schema(example = "planting", required = true) @NotNull(message = "is required")
                MovementType type,
        @Schema(description = "Plants; below 0 if they leave", example = "1200")
                @Plants(least = -1_000_000)
                Integer quantity,
        @Schema(description = "Of a count, the plants that were there", example = "1180")
                @Plants(least = 0)
                Integer counted) {

    /**
     * The movement, not stored yet.
     *
     * @throws ProblemException {@code validation} if the members do not fit the type
     */
    Movement toMovement(long batchId) {
        if (type == MovementType.COUNT) {
            require(counted != null, "counted", "is required of a count");
            require(quantity == null, "quantity", "is what a count finds out");
            return Movement.count(batchId, counted);
        }
        require(type != MovementType.TRANSPLANT, "type", "is recorded by a transfer");
        require(counted == null, "counted", "is of a count alone");
        require(quantity != null && type.allows(quantity), "quantity", type.mustBe());
        return Movement.of(batchId, type, quantity);
    }

    private static void require(boolean holds, String field, String message) {
        if (!holds) {
            throw ProblemException.invalid(field, message);
        }
    }
}
