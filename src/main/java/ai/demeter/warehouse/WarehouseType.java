package ai.demeter.warehouse;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What kind of place a warehouse is; the same lower-case names on the wire and in the database. */
public enum WarehouseType {
    @JsonProperty("greenhouse")
    GREENHOUSE,
    @JsonProperty("shadehouse")
    SHADEHOUSE,
    @JsonProperty("open_field")
    OPEN_FIELD,
    @JsonProperty("tunnel")
    TUNNEL;

    /** Its name on the wire and in the database. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<WarehouseType> of(String wireName) {
        return Arrays.stream(values()).filter(type -> type.wireName().equals(wireName)).findFirst();
    }

    /** To and from the column. */
    @Converter
    public static class Column implements AttributeConverter<WarehouseType, String> {
        @Override
        public String convertToDatabaseColumn(WarehouseType type) {
            return type == null ? null : type.wireName();
        }

        @Override
        public WarehouseType convertToEntityAttribute(String column) {
            return column == null ? null : of(column).orElseThrow();
        }
    }
}
