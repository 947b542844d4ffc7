package ai.demeter.tree;

import ai.demeter.bin.Bin;
import ai.demeter.database.Read;
import ai.demeter.location.Location;
import ai.demeter.storage.Area;
import ai.demeter.tree.WarehouseTree.AreaNode;
import ai.demeter.tree.WarehouseTree.BinNode;
import ai.demeter.tree.WarehouseTree.LocationNode;
import ai.demeter.warehouse.Warehouse;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The trees in the database, each of which is read by one statement, and so of one moment. */
@ApplicationScoped
public class Trees {
    private static final String QUERY =
            """
            select w, a, l, b from Warehouse w
            left join Area a on a.warehouseId = w.id
            left join Location l on l.areaId = a.id
            left join Bin b on b.locationId = l.id
            where w.id = :id
            order by a.id, l.id, b.id
            """;

    @PersistenceContext(unitName = "demeter")
    private EntityManager entityManager;

    /** That of a warehouse, or empty if there is none with this id. */
    @Read
    public Optional<WarehouseTree> find(long id) {
        List<Object[]> rows =
                entityManager
                        .createQuery(QUERY, Object[].class)
                        .setParameter("id", id)
                        .getResultList();
        return rows.isEmpty() ? Optional.empty() : Optional.of(tree(rows));
    }

    private static WarehouseTree tree(List<Object[]> rows) {
        WarehouseTree tree = WarehouseTree.of((Warehouse) rows.get(0)[0]);
        Map<Long, AreaNode> areas = new HashMap<>();
        Map<Long, LocationNode> locations = new HashMap<>();
        for (Object[] row : rows) {
            if (row[1] instanceof Area area && !areas.containsKey(area.id())) {
                AreaNode node = AreaNode.of(area);
                areas.put(area.id(), node);
                tree.areas().add(node);
            }
            if (row[2] instanceof Location location && !locations.containsKey(location.id())) {
                LocationNode node = LocationNode.of(location);
                locations.put(location.id(), node);
                areas.get(location.areaId()).locations().add(node);
            }
            if (row[3] instanceof Bin bin) {
                locations.get(bin.locationId()).bins().add(BinNode.of(bin));
            }
        }
        return tree;
    }
}
