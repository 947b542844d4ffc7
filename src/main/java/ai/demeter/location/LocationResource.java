package ai.demeter.location;

import ai.demeter.http.Answers;
import ai.demeter.http.IfMatch;
import ai.demeter.http.Page;
import ai.demeter.http.ProblemException;
import ai.demeter.http.Route;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** All locations over HTTP, and one. */
@Path("locations")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public class LocationResource {
    @Inject private Locations locations;

    @GET
    @Operation(
            summary = "List locations by id, a page at a time, or look one up by its label",
            description = "What is created meanwhile moves nothing from one page to another.")
    @APIResponse(
            responseCode = "200",
            description = "A page; next, and a Link to it, are absent on the last one",
            content = @Content(schema = @Schema(implementation = LocationPage.class)))
    public Response list(
            @Parameter(description = "Only the one whose label holds this", example = "QR00000001")
                    @QueryParam("qrCode")
                    String qrCode,
            @Parameter(description = "Only those that are active, or that are not")
                    @QueryParam("active")
                    Boolean active,
            @QueryParam("limit") String limit,
            @QueryParam("after") String after,
            @Context UriInfo uri) {
        int most = Page.limit(limit);
        if (qrCode != null && !qrCode.matches(Location.QR_CODE)) {
            throw ProblemException.invalid("qrCode", "must match " + Location.QR_CODE);
        }
        List<Location> found = locations.list(null, qrCode, active, Page.after(after), most + 1);
        return Page.of(found.stream().map(LocationView::of).toList(), most, LocationView::id)
                .toResponse(uri);
    }

    @GET
    @Path(Route.ID)
    @Operation(summary = "Read a location")
    @APIResponse(
            responseCode = "200",
            description = "The location; ETag is its version",
            content = @Content(schema = @Schema(implementation = LocationView.class)))
    @APIResponse(responseCode = "304", description = "Its version is one of If-None-Match")
    public Response get(
            @PathParam("id") long id, @HeaderParam(HttpHeaders.IF_NONE_MATCH) String ifNoneMatch) {
        return Answers.ok(
                locations.find(id).map(LocationView::of).orElseThrow(() -> unknown(id)),
                ifNoneMatch);
    }

    @PUT
    @Path(Route.ID)
    @Operation(summary = "Replace a location, unless it was changed meanwhile")
    @APIResponse(
            responseCode = "200",
            description = "As it is now; ETag is its new version",
            content = @Content(schema = @Schema(implementation = LocationView.class)))
    public Response replace(
            @PathParam("id") long id,
            @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
            LocationInput input) {
        IfMatch expected = IfMatch.of(ifMatch);
        return locations
                .change(
                        id,
                        location -> {
                            expected.check(location.version());
                            location.replace(
                                    input.code(), input.name(), input.qrCode(), input.isActive());
                        })
                .map(changed -> Answers.ok(LocationView.of(changed)))
                .orElseThrow(() -> unknown(id));
    }

    @DELETE
    @Path(Route.ID)
    @Operation(summary = "Delete a location, unless it was changed meanwhile")
    @APIResponse(responseCode = "204", description = "It is gone")
    public void delete(
            @PathParam("id") long id, @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch) {
        IfMatch expected = IfMatch.of(ifMatch);
        if (!locations.remove(id, location -> expected.check(location.version()))) {
            throw unknown(id);
        }
    }

    private static ProblemException unknown(long id) {
        return ProblemException.notFound("location", id);
    }
}
