package ai.demeter.warehouse;

import ai.demeter.database.Versioned;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;

/** A place where plants stand. */
@Entity
public class Warehouse extends Versioned {
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

    /** For JPA. */
    protected Warehouse() {}

    /** A new one, not stored yet. */
    public Warehouse(String code, String name, WarehouseType type, boolean active) {
        set(code, name, type, active);
    }

    /** Replaces everything that can be changed. */
    public void replace(String code, String name, WarehouseType type, boolean active) {
        changed();
        set(code, name, type, active);
    }

    private void set(String code, String name, WarehouseType type, boolean active) {
        this.code = code;
        this.name = name;
        this.type = type;
        this.active = active;
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
}
