package ai.demeter.location;

import ai.demeter.http.Text;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What a client says of a location, to create or to replace one.
 *
 * @param active true unless it says otherwise
 */
@Schema(name = "LocationInput", description = "A location to create, or to replace one with")
public record LocationInput(
        @Schema(
                        description = "Unique in its area",
                        example = "L-01",
                        required = true,
                        pattern = "[A-Z0-9-]{2,20}")
                @NotNull(message = "is required")
                @Pattern(regexp = "[A-Z0-9-]{2,20}", message = "must match [A-Z0-9-]{2,20}")
                String code,
        @Schema(example = "Bench 1", required = true, minLength = 1, maxLength = 200)
                @NotNull(message = "is required")
                @Text(most = 200)
                String name,
        @Schema(
                        description = "What its label holds, unique in the nursery",
                        example = "QR00000001",
                        required = true,
                        pattern = Location.QR_CODE)
                @NotNull(message = "is required")
                @Pattern(regexp = Location.QR_CODE, message = "must match " + Location.QR_CODE)
                String qrCode,
        @Schema(example = "true", defaultValue = "true") Boolean active) {

    Location toLocation(long areaId) {
        return new Location(areaId, code, name, qrCode, isActive());
    }

    boolean isActive() {
        return active == null || active;
    }
}
