package ai.demeter.stock;

import ai.demeter.http.Representation;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A transfer as clients see it. */
@Schema(name = "Transfer", description = "Plants that went from one batch to another")
@JsonPropertyOrder({"id", "movements"})
public record TransferView(
        @Schema(description = "That of its first movement", example = "1") long id,
        @Schema(description = "The two halves, in the order of their ids")
                List<MovementView> movements)
        implements Representation {

    static TransferView of(List<Movement> halves) {
        return new TransferView(
                halves.get(0).transferId(), halves.stream().map(MovementView::of).toList());
    }

    /** It has one version, for it never changes. */
    @Override
    public int version() {
        return 0;
    }
}
