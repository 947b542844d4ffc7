package ai.demeter.location;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How OpenAPI, which knows no type parameters, describes a {@code Page<LocationView>}. */
@Schema(name = "LocationPage", description = "Locations in the order of their ids")
record LocationPage(
        List<LocationView> items,
        @Schema(description = "Pass it as after for the next page", example = "50") String next) {}
