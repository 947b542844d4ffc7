package ai.demeter.bin;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How OpenAPI, which knows no type parameters, describes a {@code Page<BinView>}. */
@Schema(name = "BinPage", description = "Bins in the order of their ids")
record BinPage(
        List<BinView> items,
        @Schema(description = "Pass it as after for the next page", example = "50") String next) {}
