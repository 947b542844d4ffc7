package ai.demeter.warehouse;

import ai.demeter.http.Representation;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A warehouse as clients see it. */
@Schema(name = "Warehouse", description = "A place where plants stand")
@JsonPropertyOrder({"id", "code", "name", "type", "active", "version", "createdAt", "updatedAt"})
public record WarehouseView(
        @Schema(example = "1") long id,
        @Schema(description = "Unique", example = "GH-01") String code,
        @Schema(example = "Greenhouse 1") String name,
        @Schema(example = "greenhouse") WarehouseType type,
        @Schema(example = "true") boolean active,
        @Schema(description = "Counts the changes; the ETag holds it", example = "0") int version,
        @Schema(example = "2026-01-02T03:04:05.678901Z") Instant createdAt,
        @Schema(example = "2026-01-02T03:04:05.678901Z") Instant updatedAt)
        implements Representation {

    static WarehouseView of(Warehouse warehouse) {
        return new WarehouseView(
                warehouse.id(),
                warehouse.code(),
                warehouse.name(),
                warehouse.type(),
                warehouse.isActive(),
                warehouse.version(),
                warehouse.createdAt(),
                warehouse.updatedAt());
    }
}
