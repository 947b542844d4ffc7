package ai.demeter.location;

import ai.demeter.http.Answers;
import ai.demeter.http.Page;
import ai.demeter.http.ProblemException;
import ai.demeter.http.Route;
import ai.demeter.storage.Areas;
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
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** The locations of one area over HTTP. */
@Path("areas/" + Route.ID + "/locations")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public class AreaLocationsResource {
    @Inject private Locations locations;
    @Inject private Areas areas;

    @POST
    @Operation(summary = "Create a location of an area")
    @APIResponse(
            responseCode = "201",
            description = "Stored; Location is its address, ETag its version",
            content = @Content(schema = @Schema(implementation = LocationView.class)))
    public Response create(
            @PathParam("id") long areaId, LocationInput input, @Context UriInfo uri) {
        return Answers.createdBelow(
                () -> LocationView.of(locations.add(areaId, input)),
                () -> unknown(areaId),
                "locations",
                uri);
    }

    @GET
    @Operation(
            summary = "List the locations of an area by id, a page at a time",
            description = "What is created meanwhile moves nothing from one page to another.")
    @APIResponse(
            responseCode = "200",
            description = "A page; next, and a Link to it, are absent on the last one",
            content = @Content(schema = @Schema(implementation = LocationPage.class)))
    public Response list(
            @PathParam("id") long areaId,
            @Parameter(description = "Only those that are active, or that are not")
                    @QueryParam("active")
                    Boolean active,
            @QueryParam("limit") String limit,
            @QueryParam("after") String after,
            @Context UriInfo uri) {
        int most = Page.limit(limit);
        List<Location> found = locations.list(areaId, null, active, Page.after(after), most + 1);
        if (found.isEmpty() && areas.find(areaId).isEmpty()) {
            throw unknown(areaId);
        }
        return Page.of(found.stream().map(LocationView::of).toList(), most, LocationView::id)
                .toResponse(uri);
    }

    private static ProblemException unknown(long areaId) {
        return ProblemException.notFound("area", areaId);
    }
}
