package ai.demeter.http;

import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;

/**
 * What a resource's methods answer with one resource, always with the entity tag of its version.
 */
public final class Answers {
    private Answers() {}

    /**
     * 201 with {@code Location}.
     *
     * @param collection below {@code /api}, where the new resource is found by its id
     */
    public static Response created(Representation created, String collection, UriInfo uri) {
        URI location =
                uri.getBaseUriBuilder().path(collection).path(Long.toString(created.id())).build();
        return Response.created(location).tag(tag(created)).entity(created).build();
    }

    /** 200. */
    public static Response ok(Representation found) {
        return Response.ok(found).tag(tag(found)).build();
    }

    /**
     * 200, or 304 without a body if the client has this version already.
     *
     * @param ifNoneMatch the request's header; null if there is none
     */
    public static Response ok(Representation found, String ifNoneMatch) {
        return IfNoneMatch.names(ifNoneMatch, found.version())
                ? Response.notModified(tag(found)).build()
                : ok(found);
    }

    /** Strong (RFC 9110, section 8.8.3): each change counts the version up. */
    private static EntityTag tag(Representation representation) {
        return new EntityTag(Integer.toString(representation.version()));
    }
}
