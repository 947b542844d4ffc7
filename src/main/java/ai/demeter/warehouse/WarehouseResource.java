package ai.demeter.warehouse;

import ai.demeter.database.Freshness;
import ai.demeter.http.Answers;
import ai.demeter.http.IfMatch;
import ai.demeter.http.Page;
import ai.demeter.http.PositionOfWrite;
import ai.demeter.http.ProblemException;
import ai.demeter.http.Route;
import ai.demeter.http.Stale;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
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
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** Warehouses over HTTP. */
@Path("warehouses")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public class WarehouseResource {
    @Inject private Warehouses warehouses;

    @POST
    @Operation(summary = "Create a warehouse")
    @APIResponse(
            responseCode = "201",
            description = "Stored; Location is its address, ETag its version",
            content = @Content(schema = @Schema(implementation = WarehouseView.class)))
    public Response create(WarehouseInput input, @Context UriInfo uri) {
        return Answers.created(WarehouseView.of(warehouses.add(input)), "warehouses", uri);
    }

    @POST
    @Path("batch")
    @Operation(
            summary = "Create 1 to 10,000 warehouses, all or none",
            description = "Items at fault are named by index: items[3].code.")
    @APIResponse(
            responseCode = "201",
            description = "All are stored",
            content = @Content(schema = @Schema(implementation = WarehouseBatch.Created.class)))
    public Response createBatch(List<WarehouseInput> inputs) {
        return Response.status(Response.Status.CREATED)
                .entity(new WarehouseBatch(inputs).store(warehouses))
                .build();
    }

    @GET
    @Path(Route.ID)
    @Operation(summary = "Read a warehouse")
    @APIResponse(
            responseCode = "200",
            description = "The warehouse; ETag is its version",
            content = @Content(schema = @Schema(implementation = WarehouseView.class)))
    @APIResponse(responseCode = "304", description = "Its version is one of If-None-Match")
    public Response get(
            @PathParam("id") long id, @HeaderParam(HttpHeaders.IF_NONE_MATCH) String ifNoneMatch) {
        return Answers.ok(
                warehouses.find(id).map(WarehouseView::of).orElseThrow(() -> unknown(id)),
                ifNoneMatch);
    }

    @GET
    @Operation(
            summary = "List warehouses by id, a page at a time",
            description = "What is created meanwhile moves nothing from one page to another.")
    @APIResponse(
            responseCode = "200",
            description = "A page; next, and a Link to it, are absent on the last one",
            content = @Content(schema = @Schema(implementation = WarehousePage.class)))
    public Response list(
            @Parameter(
                            description = "Only those of this type",
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            enumeration = {
                                                "greenhouse",
                                                "shadehouse",
                                                "open_field",
                                                "tunnel"
                                            }))
                    @QueryParam("type")
                    WarehouseType type,
            @Parameter(description = "Only those that are active, or that are not")
                    @QueryParam("active")
                    Boolean active,
            @QueryParam("limit") String limit,
            @QueryParam("after") String after,
            @QueryParam("stale") String stale,
            @HeaderParam(PositionOfWrite.HEADER) String written,
            @Context UriInfo uri) {
        int most = Page.limit(limit);
        Freshness freshness = Stale.of(stale, written);
        List<Warehouse> found =
                warehouses.list(type, active, Page.after(after), most + 1, freshness);
        return Page.of(found.stream().map(WarehouseView::of).toList(), most, WarehouseView::id)
                .toResponse(uri);
    }

    @PUT
    @Path(Route.ID)
    @Operation(summary = "Replace a warehouse, unless it was changed meanwhile")
    @APIResponse(
            responseCode = "200",
            description = "As it is now; ETag is its new version",
            content = @Content(schema = @Schema(implementation = WarehouseView.class)))
    public Response replace(
            @PathParam("id") long id,
            @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
            WarehouseInput input) {
        IfMatch expected = IfMatch.of(ifMatch);
        return warehouses
                .change(
                        id,
                        warehouse -> {
                            expected.check(warehouse.version());
                            warehouse.replace(
                                    input.code(), input.name(), input.type(), input.isActive());
                        })
                .map(changed -> Answers.ok(WarehouseView.of(changed)))
                .orElseThrow(() -> unknown(id));
    }

    @DELETE
    @Path(Route.ID)
    @Operation(summary = "Delete a warehouse, unless it was changed meanwhile")
    @APIResponse(responseCode = "204", description = "It is gone")
    public void delete(
            @PathParam("id") long id, @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch) {
        IfMatch expected = IfMatch.of(ifMatch);
        if (!warehouses.remove(id, warehouse -> expected.check(warehouse.version()))) {
            throw unknown(id);
        }
    }

    private static ProblemException unknown(long id) {
        return ProblemException.notFound("warehouse", id);
    }
}
