package ai.demeter.stock;

import ai.demeter.database.Failure;
import ai.demeter.http.ProblemException;

/** What a client is told when the database refuses a movement. */
final class Refusal {
    private Refusal() {}

    /** The problem, by the constraint of V7__stock.sql; the failure itself if it is another. */
    static RuntimeException of(RuntimeException failure) {
        return switch (String.valueOf(Failure.of(failure).constraint())) {
            case "batch_quantity_check" ->
                    ProblemException.conflict("quantity", "is more than the batch has");
            case "movement_reverses_id_key" ->
                    ProblemException.conflict("reversesId", "is reversed already");
            case "movement_reverses_id_check" ->
                    ProblemException.conflict("reversesId", "is a reversal itself");
            case "movement_transfer_id_check" ->
                    ProblemException.conflict("toBatchId", "has another product");
            default -> failure;
        };
    }
}
