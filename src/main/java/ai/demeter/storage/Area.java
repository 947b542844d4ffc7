package ai.demeter.storage;

import ai.demeter.database.Versioned;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;

/** A part of a warehouse, which it stays in for good. */
@Entity
public class Area extends Versioned {
    // A sequence rather than an identity column: with the latter JDBC cannot batch inserts.
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "area_id")
    @SequenceGenerator(name = "area_id", sequenceName = "area_id_seq", allocationSize = 100)
    private Long id;

    // Its id, not the entity: nothing here needs more of it, and Hibernate would load it for that.
    @Column(name = "warehouse_id", nullable = false, updatable = false)
    private long warehouseId;

    @Column(nullable = false, length = 20)
    private String code;

    @Column(nullable = false, length = 200)
    private String name;

    @Convert(converter = Position.Column.class)
    @Column(length = 1)
    private Position position;

    @Column(nullable = false)
    private boolean active;

    /** For JPA. */
    protected Area() {}

    /** A new one, not stored yet. */
    public Area(long warehouseId, String code, String name, Position position, boolean active) {
        this.warehouseId = warehouseId;
        set(code, name, position, active);
    }

    /** Replaces everything that can be changed. */
    public void replace(String code, String name, Position position, boolean active) {
        changed();
        set(code, name, position, active);
    }

    private void set(String code, String name, Position position, boolean active) {
        this.code = code;
        this.name = name;
        this.position = position;
        this.active = active;
    }

    public Long id() {
        return id;
    }

    public long warehouseId() {
        return warehouseId;
    }

    public String code() {
        return code;
    }

    public String name() {
        return name;
    }

    /** Null if it is not said. */
    public Position position() {
        return position;
    }

    public boolean isActive() {
        return active;
    }
}
