package ai.demeter.storage;

import ai.demeter.http.Text;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What a client says of an area, to create or to replace one.
 *
 * @param position null if it is not said
 * @param active true unless it says otherwise
 */
@Schema(name = "AreaInput", description = "An area to create, or to replace one with")
public record AreaInput(
        @Schema(
                        description = "Unique in its warehouse",
                        example = "A-01",
                        required = true,
                        pattern = "[A-Z0-9-]{2,20}")
                @NotNull(message = "is required")
                @Pattern(regexp = "[A-Z0-9-]{2,20}", message = "must match [A-Z0-9-]{2,20}")
                String code,
        @Schema(example = "Seedlings", required = true, minLength = 1, maxLength = 200)
                @NotNull(message = "is required")
                @Text(most = 200)
                String name,
        @Schema(example = "N") Position position,
        @Schema(example = "true", defaultValue = "true") Boolean active) {

    Area toArea(long warehouseId) {
        return new Area(warehouseId, code, name, position, isActive());
    }

    boolean isActive() {
        return active == null || active;
    }
}
