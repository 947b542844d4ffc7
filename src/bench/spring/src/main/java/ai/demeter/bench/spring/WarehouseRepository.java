package ai.demeter.bench.spring;

import java.util.List;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;

/** The warehouses in the database. */
public interface WarehouseRepository extends JpaRepository<Warehouse, Long> {
    List<Warehouse> findByIdGreaterThanOrderById(long after, Limit most);
}
