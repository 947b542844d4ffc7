package ai.demeter.warehouse;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A warehouse as clients see it. */
@Schema(name = "Warehouse", description = "A place where plants stand")
@JsonPropertyOrder({"id", "code", "name", "type", "active", "version", "createdAt", "updatedAt"})
public record WarehouseView(
        @Schema(example = "1") long id,
        @Schema(description = "Unique", example = "GH-01") String code,
        @Schema(example = "Greenhouse 1") String name,
        @Schema(
                        example = "greenhouse",
                        enumeration = {"greenhouse", "shadehouse", "open_field", "tunnel"})
                WarehouseType type,
        @Schema(example = "true") boolean active,
        @Schema(description = "Counts the changes; the ETag holds it", example = "0") int version,
        @Schema(format = "date-time", example = "2026-01-02T03:04:05.678901Z") String createdAt,
        @Schema(format = "date-time", example = "2026-01-02T03:04:05.678901Z") String updatedAt) {

    /** Not by the pattern SSSSSS, which makes a BigDecimal of each fraction. */
    private static final DateTimeFormatter MICROSECONDS =
            new DateTimeFormatterBuilder()
                    .appendPattern("uuuu-MM-dd'T'HH:mm:ss.")
                    .appendValue(ChronoField.MICRO_OF_SECOND, 6)
                    .appendLiteral('Z')
                    .toFormatter(Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    static WarehouseView of(Warehouse warehouse) {
        String createdAt = text(warehouse.createdAt());
        boolean changed = !warehouse.updatedAt().equals(warehouse.createdAt());
        return new WarehouseView(
                warehouse.id(),
                warehouse.code(),
                warehouse.name(),
                warehouse.type(),
                warehouse.isActive(),
                warehouse.version(),
                createdAt,
                changed ? text(warehouse.updatedAt()) : createdAt);
    }

    private static String text(Instant instant) {
        return MICROSECONDS.format(instant);
    }
}
