package ai.demeter.storage;

import ai.demeter.http.Representation;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An area as clients see it; without {@code position} if it was not said. */
@Schema(name = "Area", description = "A part of a warehouse")
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
    "id",
    "warehouseId",
    "code",
    "name",
    "position",
    "active",
    "version",
    "createdAt",
    "updatedAt"
})
public record AreaView(
        @Schema(example = "1") long id,
        @Schema(example = "1") long warehouseId,
        @Schema(description = "Unique in its warehouse", example = "A-01") String code,
        @Schema(example = "Seedlings") String name,
        @Schema(example = "N") Position position,
        @Schema(example = "true") boolean active,
        @Schema(description = "Counts the changes; the ETag holds it", example = "0") int version,
        @Schema(example = "2026-01-02T03:04:05.678901Z") Instant createdAt,
        @Schema(example = "2026-01-02T03:04:05.678901Z") Instant updatedAt)
        implements Representation {

    static AreaView of(Area area) {
        return new AreaView(
                area.id(),
                area.warehouseId(),
                area.code(),
                area.name(),
                area.position(),
                area.isActive(),
                area.version(),
                area.createdAt(),
                area.updatedAt());
    }
}
