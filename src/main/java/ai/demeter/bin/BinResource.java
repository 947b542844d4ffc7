package ai.demeter.bin;

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

/** One bin over HTTP. */
@Path("bins")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public class BinResource {
    @Inject private Bins bins;

    @GET
    @Path(Route.ID)
    @Operation(summary = "Read a bin")
    @APIResponse(
            responseCode = "200",
            description = "The bin; ETag is its version",
            content = @Content(schema = @Schema(implementation = BinView.class)))
    @APIResponse(responseCode = "304", description = "Its version is one of If-None-Match")
    public Response get(
            @PathParam("id") long id, @HeaderParam(HttpHeaders.IF_NONE_MATCH) String ifNoneMatch) {
        return Answers.ok(
                bins.find(id).map(BinView::of).orElseThrow(() -> unknown(id)), ifNoneMatch);
    }

    @PUT
    @Path(Route.ID)
    @Operation(summary = "Replace a bin, unless it was changed meanwhile")
    @APIResponse(
            responseCode = "200",
            description = "As it is now; ETag is its new version",
            content = @Content(schema = @Schema(implementation = BinView.class)))
    public Response replace(
            @PathParam("id") long id,
            @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
            BinInput input) {
        IfMatch expected = IfMatch.of(ifMatch);
        return bins.change(
                        id,
                        bin -> {
                            expected.check(bin.version());
                            if (bin.status() == BinStatus.RETIRED
                                    && input.status() != BinStatus.RETIRED) {
                                throw ProblemException.conflict("status", "is retired for good");
                            }
                            bin.replace(input.code(), input.status());
                        })
                .map(changed -> Answers.ok(BinView.of(changed)))
                .orElseThrow(() -> unknown(id));
    }

    @DELETE
    @Path(Route.ID)
    @Operation(summary = "Delete a bin, unless it was changed meanwhile")
    @APIResponse(responseCode = "204", description = "It is gone")
    public void delete(
            @PathParam("id") long id, @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch) {
        IfMatch expected = IfMatch.of(ifMatch);
        if (!bins.remove(id, bin -> expected.check(bin.version()))) {
            throw unknown(id);
        }
    }

    private static ProblemException unknown(long id) {
        return ProblemException.notFound("bin", id);
    }
}
