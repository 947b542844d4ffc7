package ai.demeter.stock;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How OpenAPI, which knows no type parameters, describes a {@code Page<MovementView>}. */
@Schema(name = "MovementPage", description = "Movements in the order of their ids")
record MovementPage(
        List<MovementView> items,
        @Schema(description = "Pass it as after for the next page", example = "50") String next) {}
