package ai.demeter.bin;

import ai.demeter.http.Representation;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A bin as clients see it. */
@Schema(name = "Bin", description = "What plants stand in, at a location")
@JsonPropertyOrder({"id", "locationId", "code", "status", "version", "createdAt", "updatedAt"})
public record BinView(
        @Schema(example = "1") long id,
        @Schema(example = "1") long locationId,
        @Schema(description = "Unique in its location", example = "B-01") String code,
        @Schema(example = "active") BinStatus status,
        @Schema(description = "Counts the changes; the ETag holds it", example = "0") int version,
        @Schema(example = "2026-01-02T03:04:05.678901Z") Instant createdAt,
        @Schema(example = "2026-01-02T03:04:05.678901Z") Instant updatedAt)
        implements Representation {

    static BinView of(Bin bin) {
        return new BinView(
                bin.id(),
                bin.locationId(),
                bin.code(),
                bin.status(),
                bin.version(),
                bin.createdAt(),
                bin.updatedAt());
    }
}
