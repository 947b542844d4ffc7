package ai.demeter.batch;

import ai.demeter.http.Answers;
import ai.demeter.http.IfMatch;
import ai.demeter.http.ProblemException;
import ai.demeter.http.Route;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** One batch over HTTP. */
@Path("batches")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public class BatchResource {
    @Inject private Batches batches;

    @GET
    @Path(Route.ID)
    @Operation(summary = "Read a batch")
    @APIResponse(
            responseCode = "200",
            description = "The batch; ETag is its version",
            content = @Content(schema = @Schema(implementation = BatchView.class)))
    @APIResponse(responseCode = "304", description = "Its version is one of If-None-Match")
    public Response get(
            @PathParam("id") long id, @HeaderParam(HttpHeaders.IF_NONE_MATCH) String ifNoneMatch) {
        return Answers.ok(
                batches.find(id).map(BatchView::of).orElseThrow(() -> unknown(id)), ifNoneMatch);
    }

    @DELETE
    @Path(Route.ID)
    @Operation(summary = "Delete a batch that never had plants")
    @APIResponse(responseCode = "204", description = "It is gone")
    public void delete(
            @PathParam("id") long id, @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch) {
        IfMatch expected = IfMatch.of(ifMatch);
        if (!batches.remove(id, batch -> expected.check(batch.version()))) {
            throw unknown(id);
        }
    }

    private static ProblemException unknown(long id) {
        return ProblemException.notFound("batch", id);
    }
}
