package ai.demeter.bin;

import ai.demeter.database.Versioned;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;

/** What plants stand in, at a location which it stays at for good. */
@Entity
public class Bin extends Versioned {
    // A sequence rather than an identity column: with the latter JDBC cannot batch inserts.
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "bin_id")
    @SequenceGenerator(name = "bin_id", sequenceName = "bin_id_seq", allocationSize = 100)
    private Long id;

    // Its id, not the entity: nothing here needs more of it, and Hibernate would load it for that.
    @Column(name = "location_id", nullable = false, updatable = false)
    private long locationId;

    @Column(nullable = false, length = 20)
    private String code;

    @Convert(converter = BinStatus.Column.class)
    @Column(nullable = false, length = 20)
    private BinStatus status;

    /** For JPA. */
    protected Bin() {}

    /** A new one, not stored yet. */
    public Bin(long locationId, String code, BinStatus status) {
        this.locationId = locationId;
        set(code, status);
    }

    /** Replaces everything that can be changed. */
    public void replace(String code, BinStatus status) {
        changed();
        set(code, status);
    }

    private void set(String code, BinStatus status) {
        this.code = code;
        this.status = status;
    }

    public Long id() {
        return id;
    }

    public long locationId() {
        return locationId;
    }

    public String code() {
        return code;
    }

    public BinStatus status() {
        return status;
    }
}
