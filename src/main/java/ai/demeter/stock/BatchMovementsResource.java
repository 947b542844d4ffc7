package ai.demeter.stock;

import ai.demeter.batch.Batches;
import ai.demeter.database.Failure;
import ai.demeter.http.Answers;
import ai.demeter.http.Page;
import ai.demeter.http.ProblemException;
import ai.demeter.http.Route;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** The movements of one batch over HTTP. */
@Path("batches/" + Route.ID + "/movements")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public class BatchMovementsResource {
    @Inject private Movements movements;
    @Inject private Batches batches;

    @POST
    @Operation(summary = "Record a movement of a batch")
    @APIResponse(
            responseCode = "201",
            description = "Stored; Location is its address, balance what the batch has now",
            content = @Content(schema = @Schema(implementation = MovementView.class)))
    public Response create(
            @PathParam("id") long batchId, MovementInput input, @Context UriInfo uri) {
        try {
            return Answers.created(
                    MovementView.of(movements.add(batchId, input)), "movements", uri);
        } catch (RuntimeException e) {
            if (Failure.of(e).kind() == Failure.Kind.UNKNOWN_REFERENCE) {
                throw unknown(batchId);
            }
            throw Refusal.of(e);
        }
    }

    @GET
    @Operation(
            summary = "List the movements of a batch by id, a page at a time",
            description = "What is recorded meanwhile moves nothing from one page to another.")
    @APIResponse(
            responseCode = "200",
            description = "A page; next, and a Link to it, are absent on the last one",
            content = @Content(schema = @Schema(implementation = MovementPage.class)))
    public Response list(
            @PathParam("id") long batchId,
            @QueryParam("limit") String limit,
            @QueryParam("after") String after,
            @Context UriInfo uri) {
        int most = Page.limit(limit);
        List<Movement> found = movements.list(batchId, Page.after(after), most + 1);
        if (found.isEmpty() && batches.find(batchId).isEmpty()) {
            throw unknown(batchId);
        }
        return Page.of(found.stream().map(MovementView::of).toList(), most, MovementView::id)
                .toResponse(uri);
    }

    private static ProblemException unknown(long batchId) {
        return ProblemException.notFound("batch", batchId);
    }
}
