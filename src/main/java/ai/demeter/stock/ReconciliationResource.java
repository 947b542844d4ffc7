package ai.demeter.stock;

import ai.demeter.http.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.YearMonth;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** The month end over HTTP. */
@Path("stock/reconciliation")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
public class ReconciliationResource {
    @Inject private Reconciliations reconciliations;

    @GET
    @Operation(
            summary = "What became of the plants in a month",
            description = "opening + in - out - counted = sold, for each product and size.")
    @APIResponse(
            responseCode = "200",
            description = "The month, as far as it has passed",
            content = @Content(schema = @Schema(implementation = Reconciliation.class)))
    public Reconciliation get(
            @Parameter(
                            description = "The month; it begins and ends at midnight in UTC",
                            example = "2026-11",
                            required = true)
                    @QueryParam("month")
                    String month) {
        if (month == null || !month.matches("[12][0-9]{3}-(0[1-9]|1[0-2])")) {
            throw ProblemException.invalid("month", "must be a month such as 2026-11");
        }
        return reconciliations.of(YearMonth.parse(month));
    }
}
