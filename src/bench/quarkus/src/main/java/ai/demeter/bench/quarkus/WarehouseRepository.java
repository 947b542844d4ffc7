package ai.demeter.bench.quarkus;

import io.quarkus.hibernate.orm.panache.PanacheRepository;
import io.quarkus.panache.common.Sort;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** The warehouses in the database. */
@ApplicationScoped
public class WarehouseRepository implements PanacheRepository<Warehouse> {
    List<Warehouse> after(long id, int most) {
        return find("id > ?1", Sort.by("id"), id).range(0, most - 1).list();
    }
}
