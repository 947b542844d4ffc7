package ai.demeter.bench.quarkus;

import jakarta.transaction.Transactional;
import jakarta.validation.Valid;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;

/** The warehouses over HTTP: what the benchmark asks for, with the answers that Demeter gives. */
@Path("/api/warehouses")
public class WarehouseResource {
    private final WarehouseRepository warehouses;

    WarehouseResource(WarehouseRepository warehouses) {
        this.warehouses = warehouses;
    }

    @POST
    @Transactional
    public RestResponse<WarehouseView> create(@Valid WarehouseInput input, @Context UriInfo uri) {
        Warehouse created = input.toWarehouse();
        warehouses.persist(created);
        return RestResponse.ResponseBuilder.<WarehouseView>created(
                        uri.getAbsolutePathBuilder().path(created.id.toString()).build())
                .tag(Integer.toString(created.version))
                .entity(WarehouseView.of(created))
                .build();
    }

    @GET
    @Path("{id}")
    public RestResponse<WarehouseView> get(@RestPath long id) {
        Warehouse found = warehouses.findByIdOptional(id).orElseThrow(NotFoundException::new);
        return RestResponse.ResponseBuilder.ok(WarehouseView.of(found))
                .tag(Integer.toString(found.version))
                .build();
    }

    @GET
    public RestResponse<WarehousePage> list(
            @RestQuery @DefaultValue("50") int limit,
            @RestQuery @DefaultValue("0") long after,
            @Context UriInfo uri) {
        WarehousePage page = WarehousePage.of(warehouses.after(after, limit + 1), limit);
        if (page.next() == null) {
            return RestResponse.ok(page);
        }
        return RestResponse.ResponseBuilder.ok(page)
                .link(
                        uri.getRequestUriBuilder().replaceQueryParam("after", page.next()).build(),
                        "next")
                .build();
    }
}
