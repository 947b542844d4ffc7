package ai.demeter.warehouse;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How OpenAPI, which knows no type parameters, describes a {@code Page<WarehouseView>}. */
@Schema(name = "WarehousePage", description = "Warehouses in the order of their ids")
record WarehousePage(
        List<WarehouseView> items,
        @Schema(description = "Pass it as after for the next page", example = "50") String next) {}
