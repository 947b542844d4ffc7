package ai.demeter.warehouse;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

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

    private static final Map<String, WarehouseType> BY_WIRE_NAME =
            Arrays.stream(values())
                    .collect(Collectors.toMap(WarehouseType::wireName, Function.identity()));

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** Its name on the wire and in the database. */
    public String wireName() {
        return wireName;
    }

    static Optional<WarehouseType> of(String wireName) {
        return Optional.ofNullable(BY_WIRE_NAME.get(wireName));
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
