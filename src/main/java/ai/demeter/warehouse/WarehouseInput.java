package ai.demeter.warehouse;

import ai.demeter.http.Text;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What a client says of a warehouse, to create or to replace one.
 *
 * @param active true unless it says otherwise
 */
@Schema(name = "WarehouseInput", description = "A warehouse to create, or to replace one with")
public record WarehouseInput(
        @Schema(
                        description = "Unique",
                        example = "GH-01",
                        required = true,
                        pattern = "[A-Z0-9_-]{2,20}")
                @NotNull(message = "is required")
                @Pattern(regexp = "[A-Z0-9_-]{2,20}", message = "must match [A-Z0-9_-]{2,20}")
                String code,
        @Schema(example = "Greenhouse 1", required = true, minLength = 1, maxLength = 200)
                @NotNull(message = "is required")
                @Text(most = 200)
                String name,
        @Schema(example = "greenhouse", required = true) @NotNull(message = "is required")
                WarehouseType type,
        @Schema(example = "true", defaultValue = "true") Boolean active) {

    Warehouse toWarehouse() {
        return new Warehouse(code, name, type, isActive());
    }

    boolean isActive() {
        return active == null || active;
    }
}
