package ai.demeter.http;

import ai.demeter.database.Failure;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.function.Supplier;

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

    /**
     * The same, of what is stored below a parent. That there is one is the database's to say:
     * whoever looked before could be too early.
     *
     * @param stored stores it
     * @param noParent what is thrown if there is no such parent
     */
    public static Response createdBelow(
            Supplier<? extends Representation> stored,
            Supplier<ProblemException> noParent,
            String collection,
            UriInfo uri) {
        try {
            return created(stored.get(), collection, uri);
        } catch (RuntimeException e) {
            throw Failure.of(e).kind() == Failure.Kind.UNKNOWN_REFERENCE ? noParent.get() : e;
        }
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
