package ai.demeter.warehouse;

import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Version;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A place where plants stand. */
@Entity
public class Warehouse {
    // A sequence rather than an identity column: with the latter JDBC cannot batch inserts.
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "warehouse_id")
    @SequenceGenerator(
            name = "warehouse_id",
            sequenceName = "warehouse_id_seq",
            allocationSize = 100)
    private Long id;

    @Column(nullable = false, length = 20)
    private String code;

    @Column(nullable = false, length = 200)
    private String name;

    @Convert(converter = WarehouseType.Column.class)
    @Column(nullable = false, length = 20)
    private WarehouseType type;

    @Column(nullable = false)
    private boolean active;

    @Version private int version;

    @Column(name = "created_at", nullable = false, updatable = false)
    private Instant createdAt;

    @Column(name = "updated_at", nullable = false)
    private Instant updatedAt;

    /** For JPA. */
    protected Warehouse() {}

    /** A new one, not stored yet. */
    public Warehouse(String code, String name, WarehouseType type, boolean active) {
        createdAt = now();
        updatedAt = createdAt;
        set(code, name, type, active);
    }

    /** Replaces everything that can be changed. */
    public void replace(String code, String name, WarehouseType type, boolean active) {
        updatedAt = now();
        set(code, name, type, active);
    }

    private void set(String code, String name, WarehouseType type, boolean active) {
        this.code = code;
        this.name = name;
        this.type = type;
        this.active = active;
    }

    /** What PostgreSQL keeps of an instant: microseconds. */
    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }

    public Long id() {
        return id;
    }

    public String code() {
        return code;
    }

    public String name() {
        return name;
    }

    public WarehouseType type() {
        return type;
    }

    public boolean isActive() {
        return active;
    }

    public int version() {
        return version;
    }

    public Instant createdAt() {
        return createdAt;
    }

    public Instant updatedAt() {
        return updatedAt;
    }
}
