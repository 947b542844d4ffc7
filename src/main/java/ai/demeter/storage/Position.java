package ai.demeter.storage;

import ai.demeter.http.WireNames;
import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.persistence.Converter;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Where in its warehouse an area is. */
@Schema(enumeration = {"N", "S", "E", "W", "C"})
public enum Position {
    @JsonProperty("N")
    NORTH,
    @JsonProperty("S")
    SOUTH,
    @JsonProperty("E")
    EAST,
    @JsonProperty("W")
    WEST,
    @JsonProperty("C")
    CENTRE;

    /** To and from the column. */
    @Converter
    static class Column extends WireNames.Column<Position> {
        Column() {
            super(Position.class);
        }
    }
}
