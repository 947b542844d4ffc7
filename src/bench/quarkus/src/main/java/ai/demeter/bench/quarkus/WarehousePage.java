package ai.demeter.bench.quarkus;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/** Some of them, and where the next ones begin; null on the last page. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WarehousePage(List<WarehouseView> items, String next) {

    /** Of what was found when one more than the limit was asked for. */
    static WarehousePage of(List<Warehouse> found, int limit) {
        List<WarehouseView> items = found.stream().limit(limit).map(WarehouseView::of).toList();
        String next = found.size() > limit ? Long.toString(items.get(limit - 1).id()) : null;
        return new WarehousePage(items, next);
    }
}
