package ai.demeter.warehouse;

import ai.demeter.http.WireNames;
import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.persistence.Converter;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What kind of place a warehouse is. */
@Schema(enumeration = {"greenhouse", "shadehouse", "open_field", "tunnel"})
public enum WarehouseType {
    @JsonProperty("greenhouse")
    GREENHOUSE,
    @JsonProperty("shadehouse")
    SHADEHOUSE,
    @JsonProperty("open_field")
    OPEN_FIELD,
    @JsonProperty("tunnel")
    TUNNEL;

    /** To and from the column. */
    @Converter
    static class Column extends WireNames.Column<WarehouseType> {
        Column() {
            super(WarehouseType.class);
        }
    }
}
