package ai.demeter.stock;

import ai.demeter.http.Answers;
import ai.demeter.http.ProblemException;
import ai.demeter.http.Route;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** One movement over HTTP. */
@Path("movements")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public class MovementResource {
    @Inject private Movements movements;

    @GET
    @Path(Route.ID)
    @Operation(summary = "Read a movement")
    @APIResponse(
            responseCode = "200",
            description = "The movement, which never changes",
            content = @Content(schema = @Schema(implementation = MovementView.class)))
    @APIResponse(responseCode = "304", description = "Its version is one of If-None-Match")
    public Response get(
            @PathParam("id") long id, @HeaderParam(HttpHeaders.IF_NONE_MATCH) String ifNoneMatch) {
        return Answers.ok(
                movements.find(id).map(MovementView::of).orElseThrow(() -> unknown(id)),
                ifNoneMatch);
    }

    @POST
    @Path(Route.ID + "/reversal")
    @Operation(
            summary = "Undo a movement by another one",
            description = "The other half of a transfer is undone with it.")
    @APIResponse(
            responseCode = "201",
            description = "Stored; Location is the address of what undoes it",
            content = @Content(schema = @Schema(implementation = MovementView.class)))
    public Response reverse(@PathParam("id") long id, @Context UriInfo uri) {
        try {
            return movements
                    .reverse(id)
                    .map(reversal -> Answers.created(MovementView.of(reversal), "movements", uri))
                    .orElseThrow(() -> unknown(id));
        } catch (RuntimeException e) {
            throw Refusal.of(e);
        }
    }

    private static ProblemException unknown(long id) {
        return ProblemException.notFound("movement", id);
    }
}
