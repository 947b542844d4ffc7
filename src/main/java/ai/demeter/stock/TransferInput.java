package ai.demeter.stock;

import jakarta.validation.constraints.NotNull;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What a client says of plants that go from one batch to another of the same product. */
@Schema(
        name = "TransferInput",
        description = "Plants that go from one batch to another of the same product")
public record TransferInput(
        @Schema(description = "The batch that they leave", example = "1", required = true)
                @NotNull(message = "is required")
                Long fromBatchId,
        @Schema(description = "The batch that they come to", example = "2", required = true)
                @NotNull(message = "is required")
                Long toBatchId,
        @Schema(description = "Plants", example = "200", required = true)
                @NotNull(message = "is required")
                @Plants(least = 1)
                Integer quantity) {}
