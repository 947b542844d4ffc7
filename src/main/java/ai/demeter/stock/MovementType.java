package ai.demeter.stock;

import ai.demeter.http.WireNames;
import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.persistence.Converter;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Why the plants of a batch have become more or fewer. */
@Schema(enumeration = {"planting", "transplant", "death", "sale", "adjustment", "count"})
public enum MovementType {
    @JsonProperty("planting")
    PLANTING(1),
    /** One half of a {@link TransferInput transfer}. */
    @JsonProperty("transplant")
    TRANSPLANT(0),
    @JsonProperty("death")
    DEATH(-1),
    @JsonProperty("sale")
    SALE(-1),
    @JsonProperty("adjustment")
    ADJUSTMENT(0),
    /** What was there when somebody counted: the batch has that many afterwards. */
    @JsonProperty("count")
    COUNT(0);

    private final int sign;

    MovementType(int sign) {
        this.sign = sign;
    }

    /** Whether a movement of this type may be of so many plants. */
    boolean allows(int quantity) {
        return quantity != 0 && (sign == 0 || Integer.signum(quantity) == sign);
    }

    /** What a client is told that sent a quantity which is not allowed. */
    String mustBe() {
        return sign > 0 ? "must be above 0" : sign < 0 ? "must be below 0" : "must not be 0";
    }

    /** To and from the column. */
    @Converter
    static class Column extends WireNames.Column<MovementType> {
        Column() {
            super(MovementType.class);
        }
    }
}
