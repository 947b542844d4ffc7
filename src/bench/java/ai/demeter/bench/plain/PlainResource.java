package ai.demeter.bench.plain;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** The warehouses over HTTP: what the benchmark asks for, with the answers that Demeter gives. */
@Path("warehouses")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public class PlainResource {
    @Inject private PlainWarehouses warehouses;

    /** What a client says. */
    public static class Input {
        @NotNull
        @Pattern(regexp = "[A-Z0-9_-]{2,20}")
        public String code;

        @NotBlank
        @Size(max = 200)
        public String name;

        @NotNull
        @Pattern(regexp = "greenhouse|shadehouse|open_field|tunnel")
        public String type;

        public Boolean active;
    }

    /** What a client sees. */
    public record View(
            long id,
            String code,
            String name,
            String type,
            boolean active,
            int version,
            Instant createdAt,
            Instant updatedAt) {

        static View of(PlainWarehouse warehouse) {
            return new View(
                    warehouse.id,
                    warehouse.code,
                    warehouse.name,
                    warehouse.type,
                    warehouse.active,
                    warehouse.version,
                    warehouse.createdAt,
                    warehouse.updatedAt);
        }
    }

    /** Some of them, and where the next ones begin. */
    public record Views(List<View> items, String next) {}

    @POST
    public Response create(@Valid Input input, @Context UriInfo uri) {
        PlainWarehouse created = new PlainWarehouse();
        created.code = input.code;
        created.name = input.name;
        created.type = input.type;
        created.active = input.active == null || input.active;
        created.createdAt = Instant.now().truncatedTo(ChronoUnit.MICROS);
        created.updatedAt = created.createdAt;
        warehouses.add(created);
        return Response.created(uri.getAbsolutePathBuilder().path(created.id.toString()).build())
                .tag(Integer.toString(created.version))
                .entity(View.of(created))
                .build();
    }

    @GET
    @Path("{id: [1-9][0-9]{0,17}}")
    public Response get(@PathParam("id") long id) {
        PlainWarehouse found = warehouses.find(id);
        if (found == null) {
            throw new NotFoundException();
        }
        return Response.ok(View.of(found)).tag(Integer.toString(found.version)).build();
    }

    @GET
    public Response list(
            @QueryParam("limit") @DefaultValue("50") int limit,
            @QueryParam("after") @DefaultValue("0") long after,
            @Context UriInfo uri) {
        List<PlainWarehouse> found = warehouses.list(after, limit + 1);
        List<View> items = found.stream().limit(limit).map(View::of).toList();
        if (found.size() <= limit) {
            return Response.ok(new Views(items, null)).build();
        }
        String next = Long.toString(items.get(limit - 1).id());
        return Response.ok(new Views(items, next))
                .link(uri.getRequestUriBuilder().replaceQueryParam("after", next).build(), "next")
                .build();
    }
}
