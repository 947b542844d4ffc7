package ai.demeter.bin;

import ai.demeter.http.WireNames;
import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.persistence.Converter;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Whether plants may stand in a bin. */
@Schema(enumeration = {"active", "maintenance", "retired"})
public enum BinStatus {
    @JsonProperty("active")
    ACTIVE,
    @JsonProperty("maintenance")
    MAINTENANCE,
    /** For good: the last one. */
    @JsonProperty("retired")
    RETIRED;

    /** To and from the column. */
    @Converter
    static class Column extends WireNames.Column<BinStatus> {
        Column() {
            super(BinStatus.class);
        }
    }
}
