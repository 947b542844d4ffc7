package ai.demeter.batch;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How OpenAPI, which knows no type parameters, describes a {@code Page<BatchView>}. */
@Schema(name = "BatchPage", description = "Batches in the order of their ids")
record BatchPage(
        List<BatchView> items,
        @Schema(description = "Pass it as after for the next page", example = "50") String next) {}
