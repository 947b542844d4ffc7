package ai.demeter.batch;

import ai.demeter.bin.Bins;
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
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** The batches of one bin over HTTP. */
@Path("bins/" + Route.ID + "/batches")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public class BinBatchesResource {
    @Inject private Batches batches;
    @Inject private Bins bins;

    @POST
    @Operation(summary = "Create a batch of plants in a bin, without plants yet")
    @APIResponse(
            responseCode = "201",
            description = "Stored; Location is its address, ETag its version",
            content = @Content(schema = @Schema(implementation = BatchView.class)))
    public Response create(@PathParam("id") long binId, BatchInput input, @Context UriInfo uri) {
        return Answers.createdBelow(
                () -> BatchView.of(batches.add(binId, input)),
                () -> unknown(binId),
                "batches",
                uri);
    }

    @GET
    @Operation(
            summary = "List the batches of a bin by id, a page at a time",
            description = "What is created meanwhile moves nothing from one page to another.")
    @APIResponse(
            responseCode = "200",
            description = "A page; next, and a Link to it, are absent on the last one",
            content = @Content(schema = @Schema(implementation = BatchPage.class)))
    public Response list(
            @PathParam("id") long binId,
            @Parameter(
                            description = "Only those of this size",
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            enumeration = {"XS", "S", "M", "L", "XL", "XXL"}))
                    @QueryParam("size")
                    PlantSize size,
            @QueryParam("limit") String limit,
            @QueryParam("after") String after,
            @Context UriInfo uri) {
        int most = Page.limit(limit);
        List<Batch> found = batches.list(binId, size, Page.after(after), most + 1);
        if (found.isEmpty() && bins.find(binId).isEmpty()) {
            throw unknown(binId);
        }
        return Page.of(found.stream().map(BatchView::of).toList(), most, BatchView::id)
                .toResponse(uri);
    }

    private static ProblemException unknown(long binId) {
        return ProblemException.notFound("bin", binId);
    }
}
