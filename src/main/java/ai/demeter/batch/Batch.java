package ai.demeter.batch;

import ai.demeter.database.Versioned;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;

/** Plants of one product and size in a bin; what changes is how many, by movements. */
@Entity
public class Batch extends Versioned {
    // A sequence rather than an identity column: with the latter JDBC cannot batch inserts.
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "batch_id")
    @SequenceGenerator(name = "batch_id", sequenceName = "batch_id_seq", allocationSize = 100)
    private Long id;

    @Column(name = "bin_id", nullable = false, updatable = false)
    private long binId;

    @Column(nullable = false, length = 20, updatable = false)
    private String product;

    @Convert(converter = PlantSize.Column.class)
    @Column(nullable = false, length = 3, updatable = false)
    private PlantSize size;

    // The database keeps it (V7__stock.sql), and refuses whoever else writes it.
    @Column(nullable = false, insertable = false, updatable = false)
    private int quantity;

    /** For JPA. */
    protected Batch() {}

    /** A new one without plants, not stored yet. */
    public Batch(long binId, String product, PlantSize size) {
        this.binId = binId;
        this.product = product;
        this.size = size;
    }

    public Long id() {
        return id;
    }

    public long binId() {
        return binId;
    }

    public String product() {
        return product;
    }

    public PlantSize size() {
        return size;
    }

    /** Plants. */
    public int quantity() {
        return quantity;
    }
}
