package ai.demeter.stock;

import ai.demeter.database.Read;
import ai.demeter.database.UnitOfWork;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.util.List;
import java.util.Optional;

/**
 * The movements in the database, to which others are added and nothing else is done. Whether a
 * batch has the plants that leave it is the database's to say: whoever looked before could be too
 * early.
 */
@ApplicationScoped
public class Movements {
    @PersistenceContext(unitName = "demeter")
    private EntityManager entityManager;

    @Read
    public Optional<Movement> find(long id) {
        return Optional.ofNullable(entityManager.find(Movement.class, id));
    }

    /**
     * Movements of a batch in the order of their ids; none if there is no such batch.
     *
     * @param after only those with a greater id
     * @param most how many at most
     */
    @Read
    public List<Movement> list(long batchId, long after, int most) {
        return entityManager
                .createQuery(
                        "select m from Movement m where m.batchId = :batch and m.id > :after order by m.id",
                        Movement.class)
                .setParameter("batch", batchId)
                .setParameter("after", after)
                .setMaxResults(most)
                .getResultList();
    }

    /** The two halves of a transfer, in the order of their ids; none if there is no such one. */
    @Read
    public List<Movement> ofTransfer(long id) {
        return entityManager
                .createQuery(
                        "select m from Movement m where m.transferId = :id order by m.id",
                        Movement.class)
                .setParameter("id", id)
                .getResultList();
    }

    /** Records one. */
    @UnitOfWork
    public Movement add(long batchId, MovementInput input) {
        Movement movement = input.toMovement(batchId);
        entityManager.persist(movement);
        return movement;
    }

    /** Moves plants from one batch to another. */
    @UnitOfWork
    public List<Movement> add(TransferInput input) {
        return addTransfer(
                Movement.of(input.fromBatchId(), MovementType.TRANSPLANT, -input.quantity()),
                Movement.of(input.toBatchId(), MovementType.TRANSPLANT, input.quantity()));
    }

    /**
     * Undoes one, and the other half of its transfer if it is part of one.
     *
     * @return what undoes it, or empty if there is none with this id
     */
    @UnitOfWork
    public Optional<Movement> reverse(long id) {
        Optional<Movement> found = find(id);
        return found.map(
                movement -> movement.transferId() == null ? one(movement) : both(movement));
    }

    private Movement one(Movement movement) {
        Movement reversal = movement.reversal();
        entityManager.persist(reversal);
        return reversal;
    }

    private Movement both(Movement movement) {
        List<Movement> halves = ofTransfer(movement.transferId());
        List<Movement> reversals = addTransfer(halves.get(0).reversal(), halves.get(1).reversal());
        return reversals.stream()
                .filter(reversal -> reversal.batchId() == movement.batchId())
                .findAny()
                .orElseThrow();
    }

    /**
     * Stores both halves, that of the lower batch first: so transfers between the same batches wait
     * for each other in one order, whichever way the plants go, and do not deadlock.
     */
    private List<Movement> addTransfer(Movement one, Movement other) {
        boolean inOrder = one.batchId() < other.batchId();
        Movement first = inOrder ? one : other;
        entityManager.persist(first);
        Movement second = (inOrder ? other : one).completing(first);
        entityManager.persist(second);
        return List.of(first, second);
    }
}
