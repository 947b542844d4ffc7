package ai.demeter.detection;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What is wrong with a line.
 *
 * @param line its number, from 1; the header of CSV is one
 * @param field null for the line as a whole
 */
@Schema(name = "LineError", description = "What is wrong with a line of a stream")
@JsonPropertyOrder({"line", "field", "message"})
@JsonInclude(JsonInclude.Include.NON_NULL)
record LineError(
        @Schema(example = "3") int line,
        @Schema(example = "count") String field,
        @Schema(example = "must be a whole number from 0 to 100000") String message) {

    String path() {
        return "lines[" + line + "]" + (field == null ? "" : "." + field);
    }
}
