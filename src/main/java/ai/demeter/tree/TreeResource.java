package ai.demeter.tree;

import ai.demeter.http.ProblemException;
import ai.demeter.http.Route;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** The tree of one warehouse over HTTP. */
@Path("warehouses/" + Route.ID + "/tree")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
public class TreeResource {
    @Inject private Trees trees;

    @GET
    @Operation(
            summary = "Read a warehouse with its areas, locations and bins",
            description = "All of it as it was at one moment.")
    @APIResponse(
            responseCode = "200",
            description = "The warehouse, each level in the order of its ids",
            content = @Content(schema = @Schema(implementation = WarehouseTree.class)))
    public WarehouseTree get(@PathParam("id") long id) {
        return trees.find(id).orElseThrow(() -> ProblemException.notFound("warehouse", id));
    }
}
