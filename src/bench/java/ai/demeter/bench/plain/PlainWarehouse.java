package ai.demeter.bench.plain;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;

/** A row, mapped as Demeter maps it; of Demeter's own, WildFly would see the use of Jackson. */
@Entity
@Table(name = "warehouse")
public class PlainWarehouse {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "warehouse_id")
    @SequenceGenerator(
            name = "warehouse_id",
            sequenceName = "warehouse_id_seq",
            allocationSize = 100)
    Long id;

    @Column(nullable = false, length = 20)
    String code;

    @Column(nullable = false, length = 200)
    String name;

    @Column(nullable = false, length = 20)
    String type;

    @Column(nullable = false)
    boolean active;

    @Version int version;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt;
}
