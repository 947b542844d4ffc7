package ai.demeter.location;

import ai.demeter.http.Representation;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A location as clients see it. */
@Schema(name = "Location", description = "A place in an area, with a label")
@JsonPropertyOrder({
    "id",
    "areaId",
    "code",
    "name",
    "qrCode",
    "active",
    "version",
    "createdAt",
    "updatedAt"
})
public record LocationView(
        @Schema(example = "1") long id,
        @Schema(example = "1") long areaId,
        @Schema(description = "Unique in its area", example = "L-01") String code,
        @Schema(example = "Bench 1") String name,
        @Schema(description = "What its label holds, unique in the nursery", example = "QR00000001")
                String qrCode,
        @Schema(example = "true") boolean active,
        @Schema(description = "Counts the changes; the ETag holds it", example = "0") int version,
        @Schema(example = "2026-01-02T03:04:05.678901Z") Instant createdAt,
        @Schema(example = "2026-01-02T03:04:05.678901Z") Instant updatedAt)
        implements Representation {

    static LocationView of(Location location) {
        return new LocationView(
                location.id(),
                location.areaId(),
                location.code(),
                location.name(),
                location.qrCode(),
                location.isActive(),
                location.version(),
                location.createdAt(),
                location.updatedAt());
    }
}
