package ai.demeter.bench.quarkus;

import java.time.Instant;

/** What a client sees. */
public record WarehouseView(
        long id,
        String code,
        String name,
        String type,
        boolean active,
        int version,
        Instant createdAt,
        Instant updatedAt) {

    static WarehouseView of(Warehouse warehouse) {
        return new WarehouseView(
                warehouse.id,
                warehouse.code,
                warehouse.name,
                warehouse.type,
                warehouse.active,
                warehouse.version,
                warehouse.createdAt,
                warehouse.updatedAt);
    }
}
