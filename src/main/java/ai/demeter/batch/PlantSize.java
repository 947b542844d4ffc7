package ai.demeter.batch;

import ai.demeter.http.WireNames;
import jakarta.persistence.Converter;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How big plants are, from the smallest. */
@Schema(enumeration = {"XS", "S", "M", "L", "XL", "XXL"})
public enum PlantSize {
    XS,
    S,
    M,
    L,
    XL,
    XXL;

    /** To and from the column. */
    @Converter
    static class Column extends WireNames.Column<PlantSize> {
        Column() {
            super(PlantSize.class);
        }
    }
}
