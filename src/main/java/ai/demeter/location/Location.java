package ai.demeter.location;

import ai.demeter.database.Versioned;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;

/** A place in an area, which it stays in for good, with a label that people scan. */
@Entity
public class Location extends Versioned {
    /** What a label may hold. */
    static final String QR_CODE = "[A-Z0-9]{8,20}";

    // A sequence rather than an identity column: with the latter JDBC cannot batch inserts.
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "location_id")
    @SequenceGenerator(name = "location_id", sequenceName = "location_id_seq", allocationSize = 100)
    private Long id;

    // Its id, not the entity: nothing here needs more of it, and Hibernate would load it for that.
    @Column(name = "area_id", nullable = false, updatable = false)
    private long areaId;

    @Column(nullable = false, length = 20)
    private String code;

    @Column(nullable = false, length = 200)
    private String name;

    @Column(name = "qr_code", nullable = false, length = 20)
    private String qrCode;

    @Column(nullable = false)
    private boolean active;

    /** For JPA. */
    protected Location() {}

    /** A new one, not stored yet. */
    public Location(long areaId, String code, String name, String qrCode, boolean active) {
        this.areaId = areaId;
        set(code, name, qrCode, active);
    }

    /** Replaces everything that can be changed. */
    public void replace(String code, String name, String qrCode, boolean active) {
        changed();
        set(code, name, qrCode, active);
    }

    private void set(String code, String name, String qrCode, boolean active) {
        this.code = code;
        this.name = name;
        this.qrCode = qrCode;
        this.active = active;
    }

    public Long id() {
        return id;
    }

    public long areaId() {
        return areaId;
    }

    public String code() {
        return code;
    }

    public String name() {
        return name;
    }

    public String qrCode() {
        return qrCode;
    }

    public boolean isActive() {
        return active;
    }
}
