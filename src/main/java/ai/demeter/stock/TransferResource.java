package ai.demeter.stock;

import ai.demeter.batch.Batches;
import ai.demeter.database.Failure;
import ai.demeter.http.Answers;
import ai.demeter.http.ProblemException;
import ai.demeter.http.Route;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** Transfers over HTTP. */
@Path("transfers")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public class TransferResource {
    @Inject private Movements movements;
    @Inject private Batches batches;

    @POST
    @Operation(summary = "Move plants from one batch to another of the same product")
    @APIResponse(
            responseCode = "201",
            description = "Both halves are stored; Location is its address",
            content = @Content(schema = @Schema(implementation = TransferView.class)))
    public Response create(TransferInput input, @Context UriInfo uri) {
        if (input.fromBatchId().equals(input.toBatchId())) {
            throw ProblemException.invalid("toBatchId", "must be another batch");
        }
        try {
            return Answers.created(TransferView.of(movements.add(input)), "transfers", uri);
        } catch (RuntimeException e) {
            if (Failure.of(e).kind() == Failure.Kind.UNKNOWN_REFERENCE) {
                boolean from = batches.find(input.fromBatchId()).isEmpty();
                throw ProblemException.invalid(
                        from ? "fromBatchId" : "toBatchId", "does not exist");
            }
            throw Refusal.of(e);
        }
    }

    @GET
    @Path(Route.ID)
    @Operation(summary = "Read a transfer")
    @APIResponse(
            responseCode = "200",
            description = "The transfer, which never changes",
            content = @Content(schema = @Schema(implementation = TransferView.class)))
    @APIResponse(responseCode = "304", description = "Its version is one of If-None-Match")
    public Response get(
            @PathParam("id") long id, @HeaderParam(HttpHeaders.IF_NONE_MATCH) String ifNoneMatch) {
        List<Movement> halves = movements.ofTransfer(id);
        if (halves.isEmpty()) {
            throw ProblemException.notFound("transfer", id);
        }
        return Answers.ok(TransferView.of(halves), ifNoneMatch);
    }
}
