package ai.demeter.stock;

import ai.demeter.batch.PlantSize;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What became of the plants in a month, as clients see it (docs/domain.md, "Month end"): opening +
 * in - out - counted = sold, for each product and size.
 *
 * @param month such as 2026-11; it begins and ends at midnight in UTC
 * @param items by product and size
 */
@Schema(name = "Reconciliation", description = "What became of the plants in a month")
@JsonPropertyOrder({"month", "items"})
public record Reconciliation(
        @Schema(description = "It begins and ends at midnight in UTC", example = "2026-11")
                String month,
        @Schema(description = "By product and size") List<Item> items) {

    /** One product in one size. */
    @Schema(name = "ReconciliationItem", description = "opening + in - out - counted = sold")
    @JsonPropertyOrder({
        "product",
        "size",
        "opening",
        "in",
        "out",
        "counted",
        "counts",
        "sold",
        "recorded"
    })
    public record Item(
            @Schema(description = "Code of the product", example = "ECHEVERIA-01") String product,
            @Schema(example = "M") PlantSize size,
            @Schema(description = "Plants at its beginning", example = "1000") long opening,
            @Schema(
                            description = "Planted, transplanted into it or adjusted upwards",
                            example = "300")
                    long in,
            @Schema(
                            description = "Dead, transplanted out of it or adjusted downwards",
                            example = "50")
                    long out,
            @Schema(
                            description = "Plants at its end: as counted last, and moved since",
                            example = "900")
                    long counted,
            @Schema(description = "Counts in it; 0: counted is what is in the books", example = "2")
                    long counts,
            @Schema(description = "opening + in - out - counted", example = "350") long sold,
            @Schema(
                            description = "Sales that were recorded; counts found out the rest",
                            example = "340")
                    long recorded) {}
}
