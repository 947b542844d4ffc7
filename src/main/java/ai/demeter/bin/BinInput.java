package ai.demeter.bin;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What a client says of a bin, to create or to replace one.
 *
 * @param status active unless it says otherwise
 */
@Schema(name = "BinInput", description = "A bin to create, or to replace one with")
public record BinInput(
        @Schema(
                        description = "Unique in its location",
                        example = "B-01",
                        required = true,
                        pattern = "[A-Z0-9-]{2,20}")
                @NotNull(message = "is required")
                @Pattern(regexp = "[A-Z0-9-]{2,20}", message = "must match [A-Z0-9-]{2,20}")
                String code,
        @Schema(example = "active", defaultValue = "active") BinStatus status) {

    /** As the client said it, or the default. */
    public BinInput {
        status = status == null ? BinStatus.ACTIVE : status;
    }

    Bin toBin(long locationId) {
        return new Bin(locationId, code, status);
    }
}
