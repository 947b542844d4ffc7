package ai.demeter.storage;

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
import jakarta.ws.rs.PUT;
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

/** One area over HTTP. */
@Path("areas")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public class AreaResource {
    @Inject private Areas areas;

    @GET
    @Path(Route.ID)
    @Operation(summary = "Read an area")
    @APIResponse(
            responseCode = "200",
            description = "The area; ETag is its version",
            content = @Content(schema = @Schema(implementation = AreaView.class)))
    @APIResponse(responseCode = "304", description = "Its version is one of If-None-Match")
    public Response get(
            @PathParam("id") long id, @HeaderParam(HttpHeaders.IF_NONE_MATCH) String ifNoneMatch) {
        return Answers.ok(
                areas.find(id).map(AreaView::of).orElseThrow(() -> unknown(id)), ifNoneMatch);
    }

    @PUT
    @Path(Route.ID)
    @Operation(summary = "Replace an area, unless it was changed meanwhile")
    @APIResponse(
            responseCode = "200",
            description = "As it is now; ETag is its new version",
            content = @Content(schema = @Schema(implementation = AreaView.class)))
    public Response replace(
            @PathParam("id") long id,
            @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
            AreaInput input) {
        IfMatch expected = IfMatch.of(ifMatch);
        return areas.change(
                        id,
                        area -> {
                            expected.check(area.version());
                            area.replace(
                                    input.code(), input.name(), input.position(), input.isActive());
                        })
                .map(changed -> Answers.ok(AreaView.of(changed)))
                .orElseThrow(() -> unknown(id));
    }

    @DELETE
    @Path(Route.ID)
    @Operation(summary = "Delete an area, unless it was changed meanwhile")
    @APIResponse(responseCode = "204", description = "It is gone")
    public void delete(
            @PathParam("id") long id, @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch) {
        IfMatch expected = IfMatch.of(ifMatch);
        if (!areas.remove(id, area -> expected.check(area.version()))) {
            throw unknown(id);
        }
    }

    private static ProblemException unknown(long id) {
        return ProblemException.notFound("area", id);
    }
}
