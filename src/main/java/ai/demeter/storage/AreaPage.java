package ai.demeter.storage;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How OpenAPI, which knows no type parameters, describes a {@code Page<AreaView>}. */
@Schema(name = "AreaPage", description = "Areas in the order of their ids")
record AreaPage(
        List<AreaView> items,
        @Schema(description = "Pass it as after for the next page", example = "50") String next) {}
