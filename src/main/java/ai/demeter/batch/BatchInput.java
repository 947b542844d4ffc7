package ai.demeter.batch;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What a client says of a batch, to create one. */
@Schema(name = "BatchInput", description = "A batch to create; its plants come by movements")
public record BatchInput(
        @Schema(
                        description = "Code of the product",
                        example = "ECHEVERIA-01",
                        required = true,
                        pattern = "[A-Z0-9-]{2,20}")
                @NotNull(message = "is required")
                @Pattern(regexp = "[A-Z0-9-]{2,20}", message = "must match [A-Z0-9-]{2,20}")
                String product,
        @Schema(example = "M", required = true) @NotNull(message = "is required") PlantSize size) {

    Batch toBatch(long binId) {
        return new Batch(binId, product, size);
    }
}
