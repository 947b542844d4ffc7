package ai.demeter.detection;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What became of a load that stores what is good.
 *
 * @param created rows stored
 * @param refused lines that were not
 * @param errors the first 1,000 of theirs
 */
@Schema(name = "LoadReport", description = "What became of a load that stores what is good")
@JsonPropertyOrder({"created", "refused", "errors"})
record LoadReport(
        @Schema(example = "999") long created,
        @Schema(example = "1") long refused,
        List<LineError> errors) {}
