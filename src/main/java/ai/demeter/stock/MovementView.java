package ai.demeter.stock;

import ai.demeter.http.Representation;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A movement as clients see it, without the members that it does not have. */
@Schema(name = "Movement", description = "Plants that came into a batch, or left it")
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
    "id",
    "batchId",
    "type",
    "quantity",
    "counted",
    "balance",
    "transferId",
    "reversesId",
    "createdAt"
})
public record MovementView(
        @Schema(example = "1") long id,
        @Schema(example = "1") long batchId,
        @Schema(example = "planting") MovementType type,
        @Schema(description = "Plants; below 0 if they left", example = "1200") int quantity,
        @Schema(description = "Of a count, the plants that were there", example = "1180")
                Integer counted,
        @Schema(description = "Plants of the batch after it", example = "1200") int balance,
        @Schema(description = "The transfer that it is part of", example = "1") Long transferId,
        @Schema(description = "The movement that it undoes", example = "1") Long reversesId,
        @Schema(example = "2026-01-02T03:04:05.678901Z") Instant createdAt)
        implements Representation {

    static MovementView of(Movement movement) {
        return new MovementView(
                movement.id(),
                movement.batchId(),
                movement.type(),
                movement.quantity(),
                movement.counted(),
                movement.balance(),
                movement.transferId(),
                movement.reversesId(),
                movement.createdAt());
    }

    /** It has one version, for it never changes. */
    @Override
    public int version() {
        return 0;
    }
}
