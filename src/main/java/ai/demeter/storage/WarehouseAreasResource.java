package ai.demeter.storage;

import ai.demeter.database.Freshness;
import ai.demeter.http.Answers;
import ai.demeter.http.Page;
import ai.demeter.http.PositionOfWrite;
import ai.demeter.http.ProblemException;
import ai.demeter.http.Route;
import ai.demeter.http.Stale;
import ai.demeter.warehouse.Warehouses;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
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

/** The areas of one warehouse over HTTP. */
@Path("warehouses/" + Route.ID + "/areas")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public class WarehouseAreasResource {
    @Inject private Areas areas;
    @Inject private Warehouses warehouses;

    @POST
    @Operation(summary = "Create an area of a warehouse")
    @APIResponse(
            responseCode = "201",
            description = "Stored; Location is its address, ETag its version",
            content = @Content(schema = @Schema(implementation = AreaView.class)))
    public Response create(
            @PathParam("id") long warehouseId, AreaInput input, @Context UriInfo uri) {
        return Answers.createdBelow(
                () -> AreaView.of(areas.add(warehouseId, input)),
                () -> unknown(warehouseId),
                "areas",
                uri);
    }

    @GET
    @Operation(
            summary = "List the areas of a warehouse by id, a page at a time",
            description = "What is created meanwhile moves nothing from one page to another.")
    @APIResponse(
            responseCode = "200",
            description = "A page; next, and a Link to it, are absent on the last one",
            content = @Content(schema = @Schema(implementation = AreaPage.class)))
    public Response list(
            @PathParam("id") long warehouseId,
            @Parameter(
                            description = "Only those there",
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            enumeration = {"N", "S", "E", "W", "C"}))
                    @QueryParam("position")
                    Position position,
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
        List<Area> found =
                areas.list(warehouseId, position, active, Page.after(after), most + 1, freshness);
        if (found.isEmpty() && warehouses.find(warehouseId).isEmpty()) {
            throw unknown(warehouseId);
        }
        return Page.of(found.stream().map(AreaView::of).toList(), most, AreaView::id)
                .toResponse(uri);
    }

    private static ProblemException unknown(long warehouseId) {
        return ProblemException.notFound("warehouse", warehouseId);
    }
}
