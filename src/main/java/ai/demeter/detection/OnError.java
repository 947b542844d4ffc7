package ai.demeter.detection;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What a wrong line means for the others. */
@Schema(enumeration = {"refuse", "report"})
enum OnError {
    /** None is stored. */
    @JsonProperty("refuse")
    REFUSE,
    /** They are stored, and the wrong ones reported. */
    @JsonProperty("report")
    REPORT
}
