package ai.demeter.http;

import ai.demeter.database.Freshness;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/**
 * The part of the API's description that is the same for every resource, told from what an
 * operation takes: entity tags, paging, and the problems that it can end with. A resource describes
 * the rest. Named in microprofile-config.properties.
 */
public class Description implements OASFilter {

    @Override
    public Parameter filterParameter(Parameter parameter) {
        return switch (String.valueOf(parameter.getName())) {
            case "id" -> parameter.description("Its id").example(1);
            case "If-Match" ->
                    parameter
                            .description("The ETag of the version to change or delete")
                            .required(true)
                            .example("\"0\"");
            case "If-None-Match" ->
                    parameter.description("The ETags of versions at hand").example("\"0\"");
            case "limit" ->
                    parameter
                            .description("How many at most, from 1 to " + Page.MOST)
                            .example(Page.DEFAULT_LIMIT);
            case "stale" ->
                    parameter
                            .description(
                                    "Seconds that the list may be old, from 0 to "
                                            + Freshness.OLDEST
                                            + ": then a read replica may answer, where there is"
                                            + " one")
                            .example(5);
            case PositionOfWrite.HEADER ->
                    parameter
                            .description(
                                    "That of the answer to a write, which the list must have,"
                                            + " however stale it may be otherwise")
                            .example("0/16B3748");
            case "after" ->
                    parameter.getDescription() == null
                            ? parameter.description("The next of the page before")
                            : parameter;
            default -> parameter;
        };
    }

    @Override
    public PathItem filterPathItem(PathItem path) {
        path.getOperations().forEach(Description::describe);
        return path;
    }

    /** Payara leaves a path parameter's pattern in the path, where OpenAPI has only its name. */
    @Override
    public void filterOpenAPI(OpenAPI description) {
        Map<String, PathItem> paths = new LinkedHashMap<>();
        description
                .getPaths()
                .getPathItems()
                .forEach((path, item) -> paths.put(Route.withoutPatterns(path), item));
        description.getPaths().setPathItems(paths);
        SecurityDescription.add(description);
    }

    private static void describe(PathItem.HttpMethod method, Operation operation) {
        if (operation.getResponses() == null) {
            operation.setResponses(OASFactory.createAPIResponses());
        }
        if (takes(operation, Parameter.In.PATH, null)) {
            add(operation, Problem.Kind.NOT_FOUND);
        }
        if (operation.getRequestBody() != null) {
            add(operation, Problem.Kind.VALIDATION, Problem.Kind.MALFORMED);
            add(operation, Problem.Kind.REQUEST_TIMEOUT);
            add(operation, Problem.Kind.DUPLICATE, Problem.Kind.CONFLICT, Problem.Kind.IN_PROGRESS);
            add(operation, Problem.Kind.PAYLOAD_TOO_LARGE);
            add(operation, Problem.Kind.UNSUPPORTED_MEDIA_TYPE);
        } else if (takes(operation, Parameter.In.QUERY, null)) {
            add(operation, Problem.Kind.VALIDATION);
        }
        if (takes(operation, Parameter.In.HEADER, "If-Match")) {
            add(operation, Problem.Kind.VALIDATION);
            add(operation, Problem.Kind.STALE_VERSION);
            add(operation, Problem.Kind.PRECONDITION_REQUIRED);
        }
        if (method == PathItem.HttpMethod.GET) {
            add(operation, Problem.Kind.INTERNAL);
        } else {
            if (!takesStream(operation)) {
                operation.addParameter(key());
            }
            operation.getResponses().getAPIResponses().values().forEach(Description::addPosition);
            add(operation, Problem.Kind.VALIDATION);
            if (method == PathItem.HttpMethod.DELETE) {
                add(operation, Problem.Kind.IN_USE, Problem.Kind.IN_PROGRESS);
            }
            add(operation, Problem.Kind.CONFLICT, Problem.Kind.IN_PROGRESS);
            add(operation, Problem.Kind.KEY_REUSED);
            add(operation, Problem.Kind.INTERNAL, Problem.Kind.OUTCOME_UNKNOWN);
        }
        add(
                operation,
                Problem.Kind.OVERLOADED,
                Problem.Kind.POOL_EXHAUSTED,
                Problem.Kind.DATABASE_UNAVAILABLE,
                Problem.Kind.TIMEOUT,
                Problem.Kind.CONTENTION);
    }

    /** To what an operation itself says that it is answered with: it is carried out. */
    private static void addPosition(APIResponse response) {
        response.addHeader(
                PositionOfWrite.HEADER,
                OASFactory.createHeader()
                        .description(
                                "Where the database's log stood after it, for a list that must"
                                        + " have it; only where there is a read replica")
                        .schema(OASFactory.createSchema().example("0/16B3748")));
    }

    private static boolean takesStream(Operation operation) {
        return operation.getRequestBody() != null
                && operation.getRequestBody().getContent() != null
                && operation.getRequestBody().getContent().hasMediaType(StreamedBody.NDJSON);
    }

    private static Parameter key() {
        return OASFactory.createParameter()
                .name(IdempotencyKey.HEADER)
                .in(Parameter.In.HEADER)
                .description(
                        "What the client calls this request, quoted or not: sent again with the same key, method, path"
                                + " and body it is answered as before, with "
                                + Idempotency.REPLAYED
                                + ": true, and not carried out again")
                .schema(OASFactory.createSchema().minLength(1).maxLength(IdempotencyKey.MOST))
                .example("8e03978e-40d5-43dd-bc93-6894a57f9324");
    }

    private static boolean takes(Operation operation, Parameter.In in, String name) {
        List<Parameter> parameters = operation.getParameters();
        return parameters != null
                && parameters.stream()
                        .anyMatch(
                                parameter ->
                                        parameter.getIn() == in
                                                && (name == null
                                                        || name.equals(parameter.getName())));
    }

    /**
     * Adds one answer for kinds of the same status; not if the operation has one for it already.
     */
    static void add(Operation operation, Problem.Kind... kinds) {
        String status = Integer.toString(kinds[0].status());
        if (operation.getResponses().hasAPIResponse(status)) {
            return;
        }
        APIResponse response =
                OASFactory.createAPIResponse()
                        .description(
                                Arrays.stream(kinds)
                                        .map(kind -> kind.type() + ": " + kind.title())
                                        .collect(Collectors.joining(". ", "", ".")))
                        .content(
                                OASFactory.createContent()
                                        .addMediaType(
                                                Problem.MEDIA_TYPE,
                                                OASFactory.createMediaType()
                                                        .schema(
                                                                OASFactory.createSchema()
                                                                        .ref("Problem"))
                                                        .example(example(kinds[0]))));
        if (kinds[0].status() == 503) {
            response.addHeader(
                    "Retry-After",
                    OASFactory.createHeader()
                            .description("Seconds after which it is worth trying again")
                            .schema(
                                    OASFactory.createSchema()
                                            .addEnumeration(ProblemMapper.RETRY_AFTER)));
        }
        operation.getResponses().addAPIResponse(status, response);
    }

    private static Map<String, Object> example(Problem.Kind kind) {
        Map<String, Object> example = new LinkedHashMap<>();
        example.put("type", kind.type());
        example.put("title", kind.title());
        example.put("status", kind.status());
        example.put("instance", "/api/…");
        return example;
    }
}
