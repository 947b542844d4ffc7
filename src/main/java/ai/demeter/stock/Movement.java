package ai.demeter.stock;

import ai.demeter.database.Versioned;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;
import org.hibernate.annotations.Generated;
import org.hibernate.generator.EventType;

/**
 * Plants that came into a batch or left it. It stays as it was written; a wrong one is corrected by
 * its {@link #reversal()}.
 *
 * <p>What depends on the other movements of the batch is the database's to say, which has the batch
 * locked by then (V7__stock.sql, {@code movement_apply}): what a count makes of the quantity, the
 * balance, and which transfer it is part of.
 */
@Entity
public class Movement extends Versioned {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "movement_id")
    @SequenceGenerator(name = "movement_id", sequenceName = "movement_id_seq", allocationSize = 100)
    private Long id;

    @Column(name = "batch_id", nullable = false, updatable = false)
    private long batchId;

    @Convert(converter = MovementType.Column.class)
    @Column(nullable = false, length = 20, updatable = false)
    private MovementType type;

    @Generated(event = EventType.INSERT, writable = true)
    @Column(nullable = false, updatable = false)
    private Integer quantity;

    @Column(updatable = false)
    private Integer counted;

    @Generated(event = EventType.INSERT)
    @Column(nullable = false, insertable = false, updatable = false)
    private int balance;

    @Generated(event = EventType.INSERT, writable = true)
    @Column(name = "transfer_id", updatable = false)
    private Long transferId;

    @Column(name = "reverses_id", updatable = false)
    private Long reversesId;

    /** For JPA. */
    protected Movement() {}

    private Movement(long batchId, MovementType type, Integer quantity) {
        this.batchId = batchId;
        this.type = type;
        this.quantity = quantity;
    }

    /** A new one, not stored yet, of plants that came, or left if there are fewer than none. */
    static Movement of(long batchId, MovementType type, int quantity) {
        return new Movement(batchId, type, quantity);
    }

    /** A new one, not stored yet: so many plants were there. */
    static Movement count(long batchId, int counted) {
        Movement count = new Movement(batchId, MovementType.COUNT, null);
        count.counted = counted;
        return count;
    }

    /** What undoes it, not stored yet. */
    Movement reversal() {
        Movement reversal = new Movement(batchId, type, -quantity);
        reversal.reversesId = id;
        return reversal;
    }

    /** Makes it the other half of a transfer whose first one is stored. */
    Movement completing(Movement first) {
        transferId = first.id;
        return this;
    }

    public Long id() {
        return id;
    }

    public long batchId() {
        return batchId;
    }

    public MovementType type() {
        return type;
    }

    /** Plants; negative if they left. */
    public int quantity() {
        return quantity;
    }

    /** Of a count, the plants that were there; null otherwise. */
    public Integer counted() {
        return counted;
    }

    /** The plants that the batch has after it. */
    public int balance() {
        return balance;
    }

    /** The first movement of the transfer that it is part of; null if it is part of none. */
    public Long transferId() {
        return transferId;
    }

    /** The movement that it undoes; null if it undoes none. */
    public Long reversesId() {
        return reversesId;
    }
}
