package ai.demeter.batch;

import ai.demeter.http.Representation;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A batch as clients see it. */
@Schema(name = "Batch", description = "Plants of one product and size in a bin")
@JsonPropertyOrder({
    "id",
    "binId",
    "product",
    "size",
    "quantity",
    "version",
    "createdAt",
    "updatedAt"
})
public record BatchView(
        @Schema(example = "1") long id,
        @Schema(example = "1") long binId,
        @Schema(description = "Code of the product", example = "ECHEVERIA-01") String product,
        @Schema(example = "M") PlantSize size,
        @Schema(description = "Plants: the sum of its movements", example = "1200") int quantity,
        @Schema(description = "Counts the movements; the ETag holds it", example = "0") int version,
        @Schema(example = "2026-01-02T03:04:05.678901Z") Instant createdAt,
        @Schema(example = "2026-01-02T03:04:05.678901Z") Instant updatedAt)
        implements Representation {

    static BatchView of(Batch batch) {
        return new BatchView(
                batch.id(),
                batch.binId(),
                batch.product(),
                batch.size(),
                batch.quantity(),
                batch.version(),
                batch.createdAt(),
                batch.updatedAt());
    }
}
