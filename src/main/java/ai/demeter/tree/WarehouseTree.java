package ai.demeter.tree;

import ai.demeter.bin.Bin;
import ai.demeter.bin.BinStatus;
import ai.demeter.location.Location;
import ai.demeter.storage.Area;
import ai.demeter.storage.Position;
import ai.demeter.warehouse.Warehouse;
import ai.demeter.warehouse.WarehouseType;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A warehouse with all that is in it, as clients see it; each level in the order of its ids. */
@Schema(name = "WarehouseTree", description = "A warehouse with all that is in it")
@JsonPropertyOrder({"id", "code", "name", "type", "active", "areas"})
public record WarehouseTree(
        @Schema(example = "1") long id,
        @Schema(example = "GH-01") String code,
        @Schema(example = "Greenhouse 1") String name,
        @Schema(example = "greenhouse") WarehouseType type,
        @Schema(example = "true") boolean active,
        List<AreaNode> areas) {

    static WarehouseTree of(Warehouse warehouse) {
        return new WarehouseTree(
                warehouse.id(),
                warehouse.code(),
                warehouse.name(),
                warehouse.type(),
                warehouse.isActive(),
                new ArrayList<>());
    }

    /** An area in it. */
    @Schema(name = "AreaNode", description = "An area with all that is in it")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({"id", "code", "name", "position", "active", "locations"})
    public record AreaNode(
            @Schema(example = "1") long id,
            @Schema(example = "A-01") String code,
            @Schema(example = "Seedlings") String name,
            @Schema(example = "N") Position position,
            @Schema(example = "true") boolean active,
            List<LocationNode> locations) {

        static AreaNode of(Area area) {
            return new AreaNode(
                    area.id(),
                    area.code(),
                    area.name(),
                    area.position(),
                    area.isActive(),
                    new ArrayList<>());
        }
    }

    /** A location in it. */
    @Schema(name = "LocationNode", description = "A location with all that is in it")
    @JsonPropertyOrder({"id", "code", "name", "qrCode", "active", "bins"})
    public record LocationNode(
            @Schema(example = "1") long id,
            @Schema(example = "L-01") String code,
            @Schema(example = "Bench 1") String name,
            @Schema(example = "QR00000001") String qrCode,
            @Schema(example = "true") boolean active,
            List<BinNode> bins) {

        static LocationNode of(Location location) {
            return new LocationNode(
                    location.id(),
                    location.code(),
                    location.name(),
                    location.qrCode(),
                    location.isActive(),
                    new ArrayList<>());
        }
    }

    /** A bin in it. */
    @Schema(name = "BinNode", description = "A bin at a location")
    @JsonPropertyOrder({"id", "code", "status"})
    public record BinNode(
            @Schema(example = "1") long id,
            @Schema(example = "B-01") String code,
            @Schema(example = "active") BinStatus status) {

        static BinNode of(Bin bin) {
            return new BinNode(bin.id(), bin.code(), bin.status());
        }
    }
}
