package ai.demeter.bench.quarkus;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

/** What a client says. */
public record WarehouseInput(
        @NotNull @Pattern(regexp = "[A-Z0-9_-]{2,20}") String code,
        @NotBlank @Size(max = 200) String name,
        @NotNull @Pattern(regexp = "greenhouse|shadehouse|open_field|tunnel") String type,
        Boolean active) {

    Warehouse toWarehouse() {
        return new Warehouse(code, name, type, active == null || active);
    }
}
