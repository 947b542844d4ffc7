package ai.demeter.warehouse;

import ai.demeter.database.Failure;
import ai.demeter.http.IfMatch;
import ai.demeter.http.IfNoneMatch;
import ai.demeter.http.Page;
import ai.demeter.http.Problem;
import ai.demeter.http.ProblemException;
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
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Warehouses over HTTP. */
@Path("warehouses")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public class WarehouseResource {
    private static final int MOST_IN_BATCH = 10_000;
    private static final String ID = "{id: [1-9][0-9]{0,17}}";

    @Inject private Warehouses warehouses;

    /** How many a batch created. */
    public record Created(int created) {}

    @POST
    public Response create(WarehouseInput input, @Context UriInfo uri) {
        Warehouse created = warehouses.add(input);
        URI location = uri.getAbsolutePathBuilder().path(created.id().toString()).build();
        return Response.created(location)
                .tag(IfMatch.tag(created.version()))
                .entity(WarehouseView.of(created))
                .build();
    }

    @POST
    @Path("batch")
    public Response createBatch(List<WarehouseInput> batch) {
        if (batch.isEmpty() || batch.size() > MOST_IN_BATCH) {
            throw ProblemException.invalid(
                    "items", "must be 1 to " + MOST_IN_BATCH + " warehouses");
        }
        refuse(repeated(batch), "stands in this batch already");
        try {
            warehouses.addAll(batch);
        } catch (RuntimeException e) {
            if (Failure.of(e).kind() == Failure.Kind.DUPLICATE) {
                refuse(existing(batch), "exists already");
            }
            throw e;
        }
        return Response.status(Response.Status.CREATED).entity(new Created(batch.size())).build();
    }

    @GET
    @Path(ID)
    public Response get(
            @PathParam("id") long id, @HeaderParam(HttpHeaders.IF_NONE_MATCH) String ifNoneMatch) {
        Warehouse found = warehouses.find(id).orElseThrow(() -> unknown(id));
        return IfNoneMatch.names(ifNoneMatch, found.version())
                ? Response.notModified(IfMatch.tag(found.version())).build()
                : ok(found);
    }

    @GET
    public Response list(
            @QueryParam("type") String type,
            @QueryParam("active") String active,
            @QueryParam("limit") String limit,
            @QueryParam("after") String after,
            @Context UriInfo uri) {
        int most = Page.limit(limit);
        List<Warehouse> found =
                warehouses.list(type(type), active(active), Page.after(after), most + 1);
        return Page.of(found.stream().map(WarehouseView::of).toList(), most, WarehouseView::id)
                .toResponse(uri);
    }

    @PUT
    @Path(ID)
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
                .map(WarehouseResource::ok)
                .orElseThrow(() -> unknown(id));
    }

    @DELETE
    @Path(ID)
    public void delete(
            @PathParam("id") long id, @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch) {
        IfMatch expected = IfMatch.of(ifMatch);
        if (!warehouses.remove(id, warehouse -> expected.check(warehouse.version()))) {
            throw unknown(id);
        }
    }

    private static Response ok(Warehouse warehouse) {
        return Response.ok(WarehouseView.of(warehouse))
                .tag(IfMatch.tag(warehouse.version()))
                .build();
    }

    private static ProblemException unknown(long id) {
        return ProblemException.notFound("There is no warehouse " + id + ".");
    }

    private static WarehouseType type(String given) {
        if (given == null || given.isEmpty()) {
            return null;
        }
        return WarehouseType.of(given)
                .orElseThrow(
                        () ->
                                ProblemException.invalid(
                                        "type",
                                        "must be one of greenhouse, shadehouse, open_field, tunnel"));
    }

    private static Boolean active(String given) {
        if (given == null || given.isEmpty()) {
            return null;
        }
        return switch (given) {
            case "true" -> true;
            case "false" -> false;
            default -> throw ProblemException.invalid("active", "must be true or false");
        };
    }

    private static List<Integer> repeated(List<WarehouseInput> batch) {
        Set<String> seen = new HashSet<>();
        List<Integer> repeated = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            if (!seen.add(batch.get(i).code())) {
                repeated.add(i);
            }
        }
        return repeated;
    }

    private List<Integer> existing(List<WarehouseInput> batch) {
        Set<String> existing =
                warehouses.existing(batch.stream().map(WarehouseInput::code).toList());
        List<Integer> indices = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            if (existing.contains(batch.get(i).code())) {
                indices.add(i);
            }
        }
        return indices;
    }

    private static void refuse(List<Integer> indices, String message) {
        if (!indices.isEmpty()) {
            throw ProblemException.duplicate(
                    indices.stream()
                            .limit(Problem.MOST_ERRORS)
                            .map(i -> new Problem.FieldError("items[" + i + "].code", message))
                            .toList());
        }
    }
}
