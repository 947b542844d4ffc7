package ai.demeter.bench.spring;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Version;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A row, mapped as Demeter maps it. */
@Entity
public class Warehouse {
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

    @Column(nullable = false, updatable = false)
    Instant createdAt;

    @Column(nullable = false)
    Instant updatedAt;

    /** For JPA. */
    protected Warehouse() {}

    Warehouse(String code, String name, String type, boolean active) {
        this.code = code;
        this.name = name;
        this.type = type;
        this.active = active;
        createdAt = Instant.now().truncatedTo(ChronoUnit.MICROS);
        updatedAt = createdAt;
    }
}
