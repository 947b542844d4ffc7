package ai.demeter.bin;

import ai.demeter.http.Answers;
import ai.demeter.http.Page;
import ai.demeter.http.ProblemException;
import ai.demeter.http.Route;
import ai.demeter.location.Locations;
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

/** The bins of one location over HTTP. */
@Path("locations/" + Route.ID + "/bins")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public class LocationBinsResource {
    @Inject private Bins bins;
    @Inject private Locations locations;

    @POST
    @Operation(summary = "Create a bin of a location")
    @APIResponse(
            responseCode = "201",
            description = "Stored; Location is its address, ETag its version",
            content = @Content(schema = @Schema(implementation = BinView.class)))
    public Response create(@PathParam("id") long locationId, BinInput input, @Context UriInfo uri) {
        return Answers.createdBelow(
                () -> BinView.of(bins.add(locationId, input)),
                () -> unknown(locationId),
                "bins",
                uri);
    }

    @GET
    @Operation(
            summary = "List the bins of a location by id, a page at a time",
            description = "What is created meanwhile moves nothing from one page to another.")
    @APIResponse(
            responseCode = "200",
            description = "A page; next, and a Link to it, are absent on the last one",
            content = @Content(schema = @Schema(implementation = BinPage.class)))
    public Response list(
            @PathParam("id") long locationId,
            @Parameter(
                            description = "Only those",
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            enumeration = {"active", "maintenance", "retired"}))
                    @QueryParam("status")
                    BinStatus status,
            @QueryParam("limit") String limit,
            @QueryParam("after") String after,
            @Context UriInfo uri) {
        int most = Page.limit(limit);
        List<Bin> found = bins.list(locationId, status, Page.after(after), most + 1);
        if (found.isEmpty() && locations.find(locationId).isEmpty()) {
            throw unknown(locationId);
        }
        return Page.of(found.stream().map(BinView::of).toList(), most, BinView::id).toResponse(uri);
    }

    private static ProblemException unknown(long locationId) {
        return ProblemException.notFound("location", locationId);
    }
}
