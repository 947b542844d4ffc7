package ai.demeter.detection;

import ai.demeter.bulk.Load;
import ai.demeter.bulk.Loads;
import ai.demeter.http.ProblemException;
import ai.demeter.http.Route;
import ai.demeter.http.StreamedAnswers;
import ai.demeter.http.StreamedBody;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Variant;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** Detections over HTTP: in and out by the stream. */
@Path("detections")
@ApplicationScoped
public class DetectionResource {
    private static final int MOST_REPORTED = 1_000;
    private static final String CSV = "csv";

    @Inject private Detections detections;
    @Inject private Loads loads;
    @Inject private StreamedAnswers answers;

    @POST
    @Consumes({StreamedBody.NDJSON, StreamedBody.CSV})
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Store detections, any number, all or nothing",
            description =
                    "A line is a detection: areaId (of an area), detectedAt (with its offset, 2000 to 2099), product (1 to"
                            + " 200 characters), size ([A-Z0-9./-]{1,20}, may be left out), confidence (0 to 1), count (0 to"
                            + " 100000). CSV begins with a line that names the columns. No Idempotency-Key.")
    @RequestBody(
            description = "A detection a line, of any number",
            content = {
                @Content(
                        mediaType = StreamedBody.NDJSON,
                        schema =
                                @Schema(
                                        type =
                                                org.eclipse.microprofile.openapi.annotations.enums
                                                        .SchemaType.STRING)),
                @Content(
                        mediaType = StreamedBody.CSV,
                        schema =
                                @Schema(
                                        type =
                                                org.eclipse.microprofile.openapi.annotations.enums
                                                        .SchemaType.STRING))
            })
    @APIResponse(responseCode = "201", description = "All are stored: {\"created\":n}")
    @APIResponse(
            responseCode = "200",
            description = "With onError=report: what is good is stored, and this is what is not",
            content = @Content(schema = @Schema(implementation = LoadReport.class)))
    public Response load(
            @Parameter(
                            description = "report: store what is good, and say what is not",
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            enumeration = {"refuse", "report"}))
                    @QueryParam("onError")
                    OnError onError,
            @Context HttpServletRequest request)
            throws Exception {
        boolean whole = onError != OnError.REPORT;
        Refused refused = new Refused(MOST_REPORTED);
        Format format =
                isCsv(MediaType.valueOf(request.getContentType())) ? new Csv() : new Ndjson();
        try (Load load =
                loads.begin("detections")
                        .orElseThrow(
                                () ->
                                        ProblemException.overloaded(
                                                "As many loads as may are under way; send it again later."))) {
            InputStream body = load.inTurn(StreamedBody.of(request, load::isCancelled));
            long created = detections.load(body, format, refused, whole, load);
            return whole
                    ? Response.status(Response.Status.CREATED).entity(new Created(created)).build()
                    : Response.ok(new LoadReport(created, refused.lines(), refused.errors()))
                            .build();
        }
    }

    @DELETE
    @Path("loads/" + Route.ID)
    @Operation(
            summary = "Cancel a load that is under way",
            description = "/api/status has their ids. Nothing of it is stored.")
    @APIResponse(responseCode = "204", description = "It ends")
    public void cancel(@PathParam("id") long id) {
        loads.find(id).orElseThrow(() -> ProblemException.notFound("load under way", id)).cancel();
    }

    @GET
    @Produces({StreamedBody.NDJSON, StreamedBody.CSV})
    @Operation(
            summary = "Export detections in the order of their times and ids",
            description =
                    "A stream without end but that of the detections, compressed with Accept-Encoding: gzip. Broken off,"
                            + " it goes on after the last line that is whole.")
    @APIResponse(
            responseCode = "200",
            description = "A detection a line",
            content = {
                @Content(
                        mediaType = StreamedBody.NDJSON,
                        schema =
                                @Schema(
                                        type =
                                                org.eclipse.microprofile.openapi.annotations.enums
                                                        .SchemaType.STRING)),
                @Content(
                        mediaType = StreamedBody.CSV,
                        schema =
                                @Schema(
                                        type =
                                                org.eclipse.microprofile.openapi.annotations.enums
                                                        .SchemaType.STRING))
            })
    public Response export(
            @Parameter(description = "Those of a month (UTC)", example = "2026-01")
                    @QueryParam("month")
                    String month,
            @Parameter(description = "Those from then on", example = "2026-01-02T03:04:05Z")
                    @QueryParam("from")
                    String from,
            @Parameter(description = "Those before then", example = "2026-01-03T03:04:05Z")
                    @QueryParam("to")
                    String to,
            @Parameter(
                            description = "detectedAt and id of the last one at hand",
                            example = "2026-01-02T03:04:05.678901Z,17")
                    @QueryParam("after")
                    String after,
            @Parameter(description = "gzip: compressed") @HeaderParam(HttpHeaders.ACCEPT_ENCODING)
                    String acceptEncoding,
            @Context Request request)
            throws Exception {
        Variant chosen =
                request.selectVariant(
                        Variant.mediaTypes(
                                        MediaType.valueOf(StreamedBody.NDJSON),
                                        MediaType.valueOf(StreamedBody.CSV))
                                .build());
        boolean csv = chosen != null && isCsv(chosen.getMediaType());
        Export all = Export.of(csv, month, from, to, after);
        return answers.of(all.mediaType(), acceptEncoding, new Pages(detections, all));
    }

    private static boolean isCsv(MediaType type) {
        return type.getSubtype().equalsIgnoreCase(CSV);
    }
}
