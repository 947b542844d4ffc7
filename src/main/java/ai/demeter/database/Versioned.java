package ai.demeter.database;

import ai.demeter.auth.Caller;
import jakarta.persistence.Column;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.Version;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What the row of every business component has: a version, which Hibernate counts up and compares
 * at each change, and when the first and the last one were and who made them (null without tokens).
 */
@MappedSuperclass
public abstract class Versioned {
    @Version private int version;

    @Column(name = "created_at", nullable = false, updatable = false)
    private Instant createdAt = now();

    @Column(name = "updated_at", nullable = false)
    private Instant updatedAt = createdAt;

    @Column(name = "created_by", updatable = false)
    private String createdBy = Caller.subject();

    @Column(name = "updated_by")
    private String updatedBy = createdBy;

    /** To be called at each change: the version counts up, even if nothing else is another. */
    protected void changed() {
        updatedAt = now();
        updatedBy = Caller.subject();
    }

    /** What PostgreSQL keeps of an instant: microseconds. */
    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
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
